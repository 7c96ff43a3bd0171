package io.pramd.daemon.cut;

import io.pramd.daemon.cut.Fault.Kind;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.SaveKey;
import io.pramd.daemon.node.SaveRequest;
import io.pramd.daemon.node.SaveStream;
import io.pramd.daemon.node.Saver;
import io.pramd.daemon.node.Store;
import io.pramd.protocol.Errno;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** One owner. Saves, loads and removes, a small step at a time, and remembers what it was told. */
final class Client {
    /** Errors that another client explains, or a full store. */
    private static final Set<Errno> EXPECTED =
            Set.of(Errno.EEXIST, Errno.EBUSY, Errno.ENOENT, Errno.ESTALE, Errno.ENOMEM);

    private static final int PAGE = StreamDriver.PAGE;

    private final World world;
    private final RandomGenerator random;
    private Doing doing = Doing.NOTHING;
    private boolean isStepping;
    private String name;
    private Optional<Durability> asked = Optional.empty();
    private NodeType type;
    private String id;
    private byte[] bytes;
    private int saved;
    private SaveStream saver;
    private LoadStream loader;
    private Content loaded;
    private CompletableFuture<Long> answer;

    private enum Doing {
        NOTHING,
        SAVING,
        LOADING,
        PEEKING,
        WAITING
    }

    /** What clients work with. */
    record World(
            Store store,
            StreamDriver streams,
            Durability level,
            Lineage lineage,
            Habits habits,
            RandomGenerator random,
            Recorder recorder,
            boolean seesBeforeForced) {}

    /**
     * What clients like to do.
     *
     * @param pagesMax of a save
     * @param asksLevels whether saves ask for a level of their own
     * @param asksNoForce whether hardly anybody has a root forced
     */
    record Habits(int names, int pagesMax, boolean asksLevels, boolean asksNoForce) {}

    Client(World world) {
        this.world = world;
        this.random = world.random();
    }

    /** Whether it is in the middle of a step, in which something else happens. */
    boolean isStepping() {
        return isStepping;
    }

    boolean isDone() {
        return doing == Doing.NOTHING;
    }

    void step() {
        isStepping = true;
        try {
            switch (doing) {
                case NOTHING -> begin();
                case SAVING -> save();
                case LOADING -> endLoad();
                case PEEKING -> endPeek();
                case WAITING -> doing = answer.isDone() ? Doing.NOTHING : Doing.WAITING;
            }
        } catch (StreamDriver.BadPageError e) {
            throw new Fault(Kind.WRONG, "a client was sent a bad page", e);
        } catch (StoreException e) {
            doing = Doing.NOTHING;
            requireExplained(e);
        } finally {
            isStepping = false;
        }
    }

    private void requireExplained(StoreException e) {
        world.recorder().requireGoesOn();
        if (!EXPECTED.contains(e.errno()) && !world.recorder().hasFailed()) {
            throw new Fault(Kind.WRONG, "a client was told: " + e, e);
        }
    }

    private void begin() {
        name =
                "abcdefgh"
                                .substring(0, world.habits().names())
                                .charAt(random.nextInt(world.habits().names()))
                        + "";
        switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> beginSave();
            case 4 -> remove();
            case 5 -> beginLoad(false);
            default -> beginLoad(true);
        }
    }

    private void beginSave() {
        type = random.nextBoolean() ? NodeType.BYTE : NodeType.PAGE;
        int pages = random.nextInt(world.habits().pagesMax() + 1);
        int cut = type == NodeType.BYTE && pages > 0 ? random.nextInt(PAGE) : 0;
        bytes = new byte[pages * PAGE - cut];
        random.nextBytes(bytes);
        id = Long.toHexString(random.nextLong());
        asked =
                world.habits().asksLevels() && random.nextInt(3) == 0
                        ? Optional.of(level())
                        : Optional.empty();
        boolean isSeenBefore = world.seesBeforeForced() && durability() == Durability.POWER;
        SaveRequest request =
                new SaveRequest(
                        name,
                        type,
                        random.nextInt(4) > 0,
                        SaveKey.NONE,
                        random.nextBoolean() ? bytes.length : SaveRequest.UNDECLARED,
                        Map.of(Content.ID, id),
                        -1,
                        1,
                        isSeenBefore ? Optional.of(Durability.PROCESS) : asked,
                        Saver.NOBODY,
                        0,
                        Optional.empty());
        saver = world.streams().open(request);
        world.lineage().drawn(saver.sequence());
        saved = 0;
        doing = Doing.SAVING;
    }

    private Durability level() {
        return Durability.values()[random.nextInt(Durability.values().length)];
    }

    private void save() {
        if (saved < bytes.length) {
            int end = Math.min(saved + PAGE * (1 + random.nextInt(32)), bytes.length);
            int padded = Math.ceilDiv(end - saved, PAGE) * PAGE;
            byte[] packet = Arrays.copyOf(Arrays.copyOfRange(bytes, saved, end), padded);
            world.streams().appendPacket(saver, packet, 0);
            saved = end;
        } else if (random.nextInt(8) == 0) {
            saver.discard();
            doing = Doing.NOTHING;
        } else {
            Content content = Content.of(type, id, bytes);
            Change change = new Change(name, Optional.of(content), durability());
            await(change, this::finish);
        }
    }

    private Durability durability() {
        return asked.orElse(world.level());
    }

    private CompletableFuture<Long> finish() {
        CompletableFuture<Long> finished = saver.finish(bytes.length);
        boolean isForcedBehind = world.seesBeforeForced() && durability() == Durability.POWER;
        return isForcedBehind
                ? finished.thenCompose(
                        sequence -> world.store().force().thenApply(nothing -> sequence))
                : finished;
    }

    private interface Verb {
        CompletableFuture<Long> begin();
    }

    /** A change that was answered before the end must be found behind it. */
    private void await(Change change, Verb verb) {
        Lineage lineage = world.lineage();
        lineage.submit(change);
        doing = Doing.WAITING;
        answer = verb.begin();
        answer.whenComplete(
                (sequence, why) -> {
                    if (world.recorder().isOver()) {
                        return;
                    }
                    if (why == null) {
                        lineage.answered(change);
                    } else if (!isUnknown(why)) {
                        lineage.refused(change);
                    }
                });
    }

    private static boolean isUnknown(Throwable why) {
        Throwable cause = why.getCause() == null ? why : why.getCause();
        return !(cause instanceof StoreException known) || known.isOutcomeUnknown();
    }

    private void remove() {
        Change change = new Change(name, Optional.empty(), world.level());
        await(change, () -> world.store().remove(name, 0));
    }

    private void beginLoad(boolean isPeek) {
        loader = world.streams().openLoad(name, isPeek);
        loaded = read();
        world.lineage().seen(loaded);
        doing = isPeek ? Doing.PEEKING : Doing.LOADING;
    }

    private Content read() {
        NodeInfo info = loader.info();
        return Content.of(
                info.type().orElseThrow(),
                info.meta().get(Content.ID),
                world.streams().readAll(loader));
    }

    private void endLoad() {
        requireSame();
        if (random.nextInt(3) == 0) {
            loader.abort();
            doing = Doing.NOTHING;
            return;
        }
        Change change = new Change(name, Optional.empty(), world.level());
        await(change, () -> loader.finish(loader.info().sequence()));
    }

    private void endPeek() {
        if (random.nextInt(4) > 0) {
            return;
        }
        requireSame();
        loader.abort();
        doing = Doing.NOTHING;
    }

    private void requireSame() {
        Content now = read();
        if (!now.equals(loaded)) {
            throw new Fault(Kind.WRONG, "a pinned node changed: " + loaded + " now " + now);
        }
    }
}
