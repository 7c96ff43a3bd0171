package io.pramd.daemon.cut;

import io.pramd.daemon.cut.Client.Habits;
import io.pramd.daemon.cut.Client.World;
import io.pramd.daemon.cut.Fault.Kind;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.ProtectedRoots;
import io.pramd.daemon.node.Store;
import io.pramd.daemon.recovery.OpenStore;
import io.pramd.daemon.recovery.Opening;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

/**
 * One owner. One process on a machine, from its start to its end behind any store or force. Its
 * threads run one at a time, now one and now another, also in the middle of each other's work.
 */
final class Life implements Recorder.Witness, Tasks.Witness {
    private static final int DEPTH_MAX = 3;

    private final Machine machine;
    private final Lineage lineage;
    private final RandomGenerator random;
    private final Plan plan;
    private final Runnable observer;
    private final Omission omission;
    private final Recorder recorder;
    private final Tasks tasks;
    private final List<Client> clients = new ArrayList<>();
    private OpenStore open;
    private boolean isServing;
    private boolean isMarked;
    private boolean isAtRest;
    private long events;
    private int depth;
    private int drained;
    private int forcing;
    private long newestRoot;
    private boolean hasLost;
    private Fault fault;

    /**
     * How a process lives.
     *
     * @param isAtOnce whether every piece of work is done when it comes up
     * @param endAt the event behind which it ends
     * @param failAt the force that fails
     * @param loseAt the event behind which the kernel fails to write pages back
     * @param steps of clients and threads at most
     */
    record Plan(
            Durability level,
            Habits habits,
            int clients,
            boolean isAtOnce,
            long endAt,
            long failAt,
            long loseAt,
            int steps,
            LeftOut leftOut) {}

    /**
     * A process that has not started yet.
     *
     * @param observer called behind every store and force
     */
    Life(Machine machine, Lineage lineage, RandomGenerator random, Plan plan, Runnable observer) {
        this.machine = machine;
        this.lineage = lineage;
        this.random = random;
        this.plan = plan;
        this.observer = observer;
        omission = plan.leftOut().omission();
        lineage.holdWhile(omission::isHolding);
        recorder = new Recorder(machine.file(), machine.device(), random, omission, this);
        recorder.failAt(plan.failAt());
        tasks = new Tasks(this, plan.isAtOnce());
        drained = lineage.last();
        forcing = lineage.last();
    }

    /** From its start to its end. */
    void run() {
        try {
            start();
            for (int step = 0; step < plan.steps(); step++) {
                step();
                recorder.requireGoesOn();
            }
            if (random.nextInt(plan.habits().asksNoForce() ? 20 : 3) == 0) {
                stop();
            }
            isAtRest = !recorder.hasFailed();
        } catch (StoreException | CompletionException e) {
            if (!recorder.isOver() && !recorder.hasFailed()) {
                throw new Fault(Kind.WRONG, "the store failed by itself: " + e, e);
            }
        } finally {
            end();
            if (open != null) {
                open.memory().close();
            }
            machine.mark(isMarked);
        }
        if (fault != null) {
            throw fault;
        }
    }

    /** What is done from here on does not happen. */
    private void end() {
        if (!recorder.isOver()) {
            recorder.end();
            isMarked = machine.isMarked();
        }
    }

    /** Whether it ended in the middle of nothing. */
    boolean isAtRest() {
        return isAtRest;
    }

    boolean hasFailed() {
        return recorder.hasFailed();
    }

    /** The last store may have been cut short. */
    void tearLast() {
        recorder.tearLast();
    }

    // ---- the start

    private void start() {
        open =
                Opening.open(
                        new Opening.Settings(
                                machine.file().path(),
                                machine.boot(),
                                plan.level(),
                                recorder,
                                recorder,
                                tasks.threads()));
        if (plan.level() == Durability.POWER) {
            lineage.forced(lineage.last()); // it may be seen
        }
        open.recover();
        if (plan.level() != Durability.PROCESS) {
            lineage.forced(lineage.last()); // outcomes are answered
        }
        Store store = open.store();
        rootSequence();
        World world =
                new World(
                        store,
                        new StreamDriver(store),
                        plan.level(),
                        lineage,
                        plan.habits(),
                        random,
                        recorder,
                        plan.leftOut() == LeftOut.FORCED_BEFORE_VISIBLE);
        for (int i = 0; i < plan.clients(); i++) {
            clients.add(new Client(world));
        }
        omission.serving();
        if (plan.leftOut() == LeftOut.WALK_OF_FORCED_ROOTS) {
            ProtectedRoots.of(store).forgetOlder();
        }
        isServing = true;
    }

    // ---- what happens

    private void step() {
        if (plan.isAtOnce()) {
            Client client = clients.getFirst();
            do {
                client.step();
            } while (!client.isDone());
        }
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> tasks.commit();
            case 3, 4 -> tasks.force();
            case 5 -> occasionally();
            default -> stepClient();
        }
    }

    private void stepClient() {
        Client client = clients.get(random.nextInt(clients.size()));
        if (!client.isStepping()) {
            client.step();
        }
    }

    private void occasionally() {
        if (random.nextInt(plan.habits().asksNoForce() ? 40 : 4) == 0) {
            askForForce();
        } else {
            tasks.fireTimer();
        }
    }

    private void askForForce() {
        int state = drained;
        open.store()
                .force()
                .thenRun(
                        () -> {
                            if (!recorder.isOver()) {
                                lineage.forced(state);
                            }
                        });
    }

    private void stop() {
        isServing = false; // clients are gone
        int rounds = 0;
        boolean isIdle = false;
        while (!isIdle) {
            isIdle = !tasks.commit() & !tasks.force();
            recorder.requireGoesOn();
            if (rounds++ > 1000) {
                throw new Fault(Kind.WRONG, "a store that never rests");
            }
        }
        CompletableFuture<Void> forced = open.store().force();
        while (!forced.isDone() && tasks.force()) {
            recorder.requireGoesOn();
        }
        forced.join();
        lineage.forced(lineage.last());
    }

    @Override
    public void commitBegins() {
        lineage.commit();
    }

    @Override
    public void commitEnds() {
        drained = lineage.last();
        if (!recorder.hasFailed()) {
            rootSequence();
        }
    }

    /** Each commit that succeeds has one of its own. */
    private void rootSequence() {
        long sequence = (Long) open.store().info().get("root.sequence");
        if (sequence != newestRoot) {
            lineage.drawn(sequence);
            newestRoot = sequence;
        }
    }

    @Override
    public void forceBegins() {
        forcing = drained;
    }

    @Override
    public void happened() {
        events++;
        if (events == plan.endAt()) {
            end();
        }
        recorder.requireGoesOn();
        if (events >= plan.loseAt() && !hasLost) {
            hasLost = machine.device().failWriteBack(random);
        }
        try {
            observer.run();
            meanwhile();
        } catch (Fault e) {
            // the store under test would take it for a failure of its own
            fault = e;
            end();
        }
        recorder.requireGoesOn();
    }

    /** Other threads go on while one is in the middle of its work. */
    private void meanwhile() {
        if (!isServing || plan.isAtOnce() || depth == DEPTH_MAX || random.nextInt(6) > 0) {
            return;
        }
        depth++;
        try {
            for (int steps = random.nextInt(6); steps >= 0; steps--) {
                step();
                recorder.requireGoesOn();
            }
        } finally {
            depth--;
        }
    }

    @Override
    public void forcing(int first) {
        boolean isTree = !CutModes.isFixed(first);
        if (isServing && isTree && plan.leftOut() == LeftOut.FRAMES_OF_ROOT_BEING_FORCED) {
            ProtectedRoots.of(open.store()).forgetNewest();
        }
    }

    @Override
    public void reached(CrashPoint point) {
        if (point == CrashPoint.ROOT_FORCED) {
            lineage.forced(forcing);
        }
        happened();
    }
}
