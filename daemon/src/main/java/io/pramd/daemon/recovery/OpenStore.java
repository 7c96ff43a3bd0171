package io.pramd.daemon.recovery;

import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.FrameAllocator;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.ReferenceCounts;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Held;
import io.pramd.daemon.node.OpenedRoot;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.node.Store;
import io.pramd.daemon.node.StoreContext;
import io.pramd.daemon.recovery.FixedFrames.ValidSlot;
import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One owner. An opened memory file: the store on it, the rest of its recovery, and its end. */
public final class OpenStore {
    private final StoreContext context;
    private final List<ValidSlot> forcedSlots;
    private final Optional<FirstForce> firstForce;
    private final RecoveryReport report;
    private final Store store;
    private final FrameMap frameMap;
    private OpenedRoot opened;
    private boolean hasRoom = true;
    private volatile long walkMillis; // 0: not done

    OpenStore(
            StoreContext context,
            OpenedRoot opened,
            RootChoice choice,
            Optional<FirstForce> firstForce,
            RecoveryReport report) {
        this.context = context;
        this.opened = opened;
        this.forcedSlots = choice.forced();
        this.firstForce = firstForce;
        this.report = report;
        this.store = new Store(context, opened);
        this.frameMap =
                new FrameMap(store, context.memory(), context.clock(), FrameMap.Pace.NORMAL);
        store.reporting(report::lines);
        boolean wentBack = choice.wentBack();
        store.alsoInforming(
                () ->
                        Map.of(
                                "recovery.wentBack",
                                wentBack,
                                "recovery.walkMillis",
                                walkMillis,
                                "backup.underWay",
                                store.view().isRootKept()));
        if (firstForce.isPresent()) {
            store.beforeFirstForce();
        }
    }

    /** Whether all of the file could be preallocated. */
    OpenStore withRoom(boolean isAllThere) {
        hasRoom = isAllThere;
        return this;
    }

    public Store store() {
        return store;
    }

    public MappedMemory memory() {
        return context.memory();
    }

    /** What every frame is used for. */
    public FrameMap frameMap() {
        return frameMap;
    }

    public RecoveryReport report() {
        return report;
    }

    /**
     * Steps 3 to 5, in the background while loads are served: forces the root where that is due,
     * reads all node pages, then counts all references. Changes begin when it returns.
     *
     * @throws StoreException when the store has become read-only instead
     */
    public void recover() {
        long begin = System.nanoTime();
        forceFirst();
        store.walking(() -> "reading node pages");
        store.naming().nameAll();
        ReferenceCounts counts = new ReferenceCounts(context.memory().frameCount());
        Walk walk =
                new Walk(
                        context.memory(),
                        context.uuid(),
                        counts,
                        Runtime.getRuntime().availableProcessors());
        long nodes = opened.root().nodeCount();
        store.walking(() -> "walked " + walk.nodesDone() + " of " + nodes + " nodes");
        walk.countCurrent(opened.tree());
        List<Held> held = List.of();
        boolean hasOlderRoots = !opened.forcedSequences().equals(List.of(opened.root().sequence()));
        if (context.memory().isOnDevice() && hasOlderRoots) {
            forcedSlots.forEach(slot -> countForced(walk, slot, slot == newestForced()));
            held = walk.held();
        }
        findLost(walk);
        if (!hasRoom) {
            report.warn(new UnbackedFrames(context.memory(), counts).keepFromUse());
        }
        FrameAllocator allocator = new FrameAllocator(counts);
        long heldFrames = held.stream().mapToLong(Held::frames).sum();
        walkMillis = Math.max(1, (System.nanoTime() - begin) / 1_000_000);
        report.add(
                "references counted: nodes="
                        + nodes
                        + " freeFrames="
                        + allocator.freeFrames()
                        + " heldFrames="
                        + heldFrames
                        + " milliseconds="
                        + walkMillis);
        store.walking(() -> "complete");
        store.walked(opened, allocator, held);
    }

    /**
     * Walks the root in force anew, whatever goes on meanwhile, and compares it with the counts and
     * the free frames of the running store.
     *
     * @return what is wrong, in words
     */
    public List<String> audit() {
        return new Audit(store, context.memory(), context.uuid()).run();
    }

    /**
     * Begins a copy of the file as it is now.
     *
     * @return EBUSY while another is under way, EAGAIN before the references are counted
     */
    public CompletableFuture<Backup> backup() {
        return CompletableFuture.supplyAsync(
                () -> Backup.of(store, context), context.threads().workers());
    }

    private void findLost(Walk walk) {
        long frames = context.memory().frameCount();
        store.walking(
                () ->
                        "searched "
                                + walk.framesScanned()
                                + " of "
                                + frames
                                + " frames for lost links");
        walk.countLost(
                (slot, reason, kept) -> {
                    String found = reason + "; " + kept.text();
                    report.quarantined(found);
                    store.quarantine(slot, found, kept);
                });
        if (walk.framesScanned() > 0) {
            report.add("searched all unreached frames for lost links");
        }
        store.namesSettled().forEach(report::warn);
    }

    private void forceFirst() {
        if (firstForce.isEmpty()) {
            return;
        }
        store.walking(() -> "forcing the root");
        try {
            firstForce.get().run();
        } catch (StoreException e) {
            store.fail(e);
            throw e;
        }
        opened = opened.forced(); // what only older forced roots reach is free
        store.firstForceDone();
    }

    private ValidSlot newestForced() {
        return Collections.max(
                forcedSlots, Comparator.comparingLong(slot -> slot.slot().sequence()));
    }

    /** What only an older forced root reaches was free to be used again: it may well be gone. */
    private void countForced(Walk walk, ValidSlot slot, boolean isNewest) {
        try {
            TreeReader trees =
                    new TreeReader(
                            context.memory()::read, context.uuid(), context.memory().frameCount());
            walk.countForced(trees.read(Root.of(slot.slot())), isNewest);
        } catch (StoreException e) {
            if (isNewest) {
                report.warn(
                        "forced root "
                                + slot.slot().sequence()
                                + " is not readable: "
                                + e.getMessage());
            }
        }
    }

    /**
     * Unmaps the file and gives its lock back. Event loops and store threads must have ended. A
     * clean end when {@link Store#force} succeeded before: the root that was forced last is the
     * newest.
     */
    public void close() throws IOException {
        frameMap.close();
        try {
            FileLock.removePid(context.memory().path());
        } finally {
            context.memory().close();
        }
    }
}
