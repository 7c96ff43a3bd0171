package io.pramd.daemon.torture;

import io.pramd.client.NotSentException;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.RejectedException;
import io.pramd.daemon.fixture.WayIn;
import io.pramd.protocol.Durability;
import io.pramd.protocol.Errno;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * One owner: what one worker works with during one life of the daemon, and what it has learnt in
 * it.
 */
final class KillHand {
    static final int NAMES = 6;

    /** A daemon that is gone is gone: nothing is tried again. */
    static final PramConfig IMPATIENT =
            PramConfig.defaults()
                    .withConnect(Duration.ofSeconds(60))
                    .withNoProgress(Duration.ofSeconds(60))
                    .withRetryFor(Duration.ZERO)
                    .withStreamConnections(2);

    PramClient client;
    WayIn way;
    final String prefix;
    final KillPass pass;
    final KillJournal journal;
    final KillFaults faults;
    final Random random;
    final List<Durability> levels;
    final KillTally tally = new KillTally();

    /** Names that the daemon may hold for a connection whose end it has not noticed. */
    private final Set<String> heldPerhaps = new HashSet<>();

    /** Names of nodes that are over, and may stay for who was faster to peek at them. */
    private final Set<String> over = new HashSet<>();

    private int acknowledged;
    private long deedNanos = System.nanoTime();

    /** The daemon has gone, or is going: the life is over for this worker. */
    static final class LifeIsOver extends Exception {
        private static final long serialVersionUID = 1L;

        LifeIsOver(Exception cause) {
            super(cause);
        }
    }

    KillHand(PramClient client, WayIn way, KillWorker worker, List<Durability> levels) {
        this.client = client;
        this.way = way;
        this.prefix = worker.prefix();
        this.pass = worker.pass();
        this.journal = worker.journal();
        this.faults = worker.faults();
        this.random = worker.random();
        this.levels = levels;
    }

    /** Something else is begun. */
    void beginDeed() {
        deedNanos = System.nanoTime();
    }

    String randomName() {
        return prefix + random.nextInt(NAMES);
    }

    /** What a save that begins now may mean. */
    KillNode randomNode() {
        KillNode node = KillNode.random(random);
        return pass.isNeeded() ? node.living(KillLife.random(random)) : node;
    }

    void acknowledge() {
        acknowledged++;
    }

    int acknowledged() {
        return acknowledged;
    }

    void mayBeHeld(String name) {
        heldPerhaps.add(name);
    }

    /** Nobody is told of the end of a connection that was cut; so the name may still be taken. */
    boolean isPerhapsHeld(String name) {
        return heldPerhaps.contains(name);
    }

    /** What a name holds; nothing once the time of what it held is over. */
    Optional<KillNode> sure(String name) {
        Optional<KillNode> state = journal.sure(name);
        if (state.isPresent() && state.get().life().isOver()) {
            expired(name, state.get());
            return Optional.empty();
        }
        return state;
    }

    /** A node is gone by itself. */
    void expired(String name, KillNode node) {
        journal.is(name, Optional.empty());
        journal.fate(node.saveId(), KillJournal.Fate.EXPIRED);
        over.add(name);
        tally.add("expired", 1);
    }

    /** Refused: must be one of these, or for a reason that anything may be refused for. */
    void requireRefusal(RejectedException e, String what, String name, Set<Errno> allowed) {
        Set<Errno> all = new TreeSet<>(allowed);
        all.add(Errno.EAGAIN);
        if (isPerhapsHeld(name) || over.contains(name)) {
            all.add(Errno.EEXIST);
            all.add(Errno.EBUSY);
        }
        Optional<KillNode> ending = journal.ending(name);
        if (ending.isPresent()) {
            all.add(Errno.ENOENT);
        }
        if (pass.isNeeded()) {
            addLimits(all, e);
        }
        if (!all.contains(e.errno())) {
            faults.wrong(
                    what
                            + " of "
                            + name
                            + " was refused: "
                            + e.getMessage()
                            + " state="
                            + journal.possible(name));
        } else if (ending.isPresent() && e.errno() == Errno.ENOENT) {
            expired(name, ending.get());
        }
    }

    private void addLimits(Set<Errno> all, RejectedException e) {
        String principal = pass.principal();
        if (e.errno() == Errno.EDQUOT
                && KillLimits.of(principal).isFair(principal, e.getMessage())) {
            all.add(Errno.EDQUOT);
            tally.add("edquot", 1);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - deedNanos);
        if (e.errno() == Errno.ETIMEDOUT && millis >= KillLimits.SAVING_MILLIS_MAX) {
            all.add(Errno.ETIMEDOUT);
            tally.add("overdue", 1);
        }
    }

    /** What was acknowledged, and is there for sure, is within the quota. */
    void requireWithinLimits() {
        if (!pass.isNeeded()) {
            return;
        }
        KillLimits limits = KillLimits.of(pass.principal());
        long bytes = 0;
        long largest = 0;
        int nodes = 0;
        for (String name : journal.names()) {
            Optional<KillNode> state = journal.sure(name).filter(n -> !n.life().mayBeOver());
            long held = state.map(node -> node.pages() * KillNode.PAGE).orElse(0L);
            bytes += held;
            largest = Math.max(largest, held);
            nodes += state.isPresent() ? 1 : 0;
        }
        if (bytes > limits.bytes() || nodes > limits.nodes() || largest > limits.largest()) {
            faults.wrong(
                    "beyond the quota and acknowledged: principal="
                            + pass.principal()
                            + " bytes="
                            + bytes
                            + " nodes="
                            + nodes
                            + " largest="
                            + largest
                            + " "
                            + limits);
        }
    }

    /** The daemon was connected and is silent: that is no kill. */
    LifeIsOver notSent(NotSentException e, String what) {
        if (e.isNoProgress()) {
            faults.wrong(what + " made no progress: " + e.getMessage());
        }
        return new LifeIsOver(e);
    }
}
