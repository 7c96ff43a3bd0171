package io.pramd.daemon.node;

import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FrameAllocator;
import io.pramd.daemon.memory.FrameAllocator.Purpose;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.DirectoryTree.Rewritten;
import io.pramd.protocol.Errno;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Thread-safe. All of a store that changes something: there once the walk has counted the
 * references, since before that no frame may be handed out or freed.
 */
final class Changes {
    /** Frames that saves never take, at least: they are for commits that free. */
    private static final long RESERVE_FRAMES_MIN = 64;

    private final StoreContext context;
    private final DirectoryTree tree;
    private final NodeTable table;
    private final FrameAllocator allocator;
    private final Sequences sequences;
    private final RootSlots currentSlots;
    private final Reclaimer reclaimer;
    private final UnforcedChanges unforced;
    private final RootForcer forcer;
    private final IntervalForce intervalForce;
    private final Growth growth;
    private final SpaceFinder space;
    private final Keeping keeping;
    private final Committer committer;
    private final DroppedNodeReader droppedNodes;
    private final PendingChange.Dropping dropping;
    private final NodeWriter nodes;
    private final StagingRoom staging = new StagingRoom();
    private final Consumer<StoreException> failed;
    private final Supplier<Optional<StoreException>> refusal;
    private volatile long reserve; // set by the committer

    /** What the opening found and made. */
    record Found(
            StoreContext context,
            NodeTable table,
            OpenedRoot opened,
            FrameAllocator allocator,
            List<Held> held,
            StoreMetering metering,
            Consumer<StoreException> failed,
            Supplier<Optional<StoreException>> refusal) {}

    Changes(Found found) {
        context = found.context();
        table = found.table();
        allocator = found.allocator();
        failed = found.failed();
        refusal = found.refusal();
        tree = found.opened().tree();
        sequences = found.opened().sequences();
        currentSlots = found.opened().currentSlots();
        reclaimer = new Reclaimer(context, table, allocator, found.opened());
        found.held().forEach(reclaimer::holdFromOpening);
        unforced = new UnforcedChanges(table);
        forcer =
                new RootForcer(
                        new RootForcer.Parts(context, found.metering(), reclaimer, unforced),
                        found.opened(),
                        failed);
        intervalForce = new IntervalForce(forcer, context.threads().timer());
        growth = new Growth(context, allocator, found.opened().run(), this::rootSequence, failed);
        space = new SpaceFinder(allocator, reclaimer, forcer, growth);
        keeping = new Keeping(reclaimer);
        droppedNodes = new DroppedNodeReader(context);
        dropping =
                new PendingChange.Dropping(droppedNodes, table, context.promised(Optional.empty()));
        nodes = new NodeWriter(context);
        committer =
                new Committer(
                        new Committer.Parts(context, tree, table, allocator, found.metering()),
                        new CommitPublisher(found.opened()),
                        failed);
        updateReserve();
        reserveForAdministrators();
    }

    /** What a commit does outside the tree. */
    private final class CommitPublisher implements Committer.Publisher {
        // the strongest that was promised of a root, and of which one, that may not be forced yet
        private Durability promisedBefore;
        private long promisedOf;

        CommitPublisher(OpenedRoot opened) {
            promisedBefore = opened.promised();
            promisedOf = opened.root().sequence();
        }

        @Override
        public long nextSequence() {
            return sequences.awaitDraw();
        }

        @Override
        public void store(Root root, Durability promised) {
            if (promisedOf <= forcer.lastForcedSequence()) {
                promisedBefore = Durability.PROCESS;
            }
            promisedBefore = promisedBefore.or(promised);
            promisedOf = root.sequence();
            // who opens the file next, under whatever level, must know what it still owes
            currentSlots.storeNext(root, promisedBefore.or(context.durability()));
            context.crashPoints().reached(CrashPoint.CURRENT_SLOT_STORED);
            if (!context.memory().isOnDevice()) {
                forcer.storeWithoutDevice(root);
            }
        }

        @Override
        public void reclaim(
                Rewritten rewritten,
                List<Reclaimer.DroppedNode> dropped,
                List<PendingChange> changes) {
            if (!changes.isEmpty()) {
                unforced.add(rewritten.root().sequence(), changes); // before it can be forced
            }
            reclaimer.rootReplaced(
                    rewritten.root(), dropped, Committer.dropped(changes), rewritten.superseded());
            if (!context.memory().isOnDevice()) {
                reclaimer.forced(rewritten.root());
            }
            updateReserve();
            sequences.replenish(context.threads().forces(), failed);
        }

        @Override
        public void keep(Durability promised) {
            switch (promised) {
                case POWER -> forcer.request();
                case INTERVAL -> intervalForce.committed();
                case PROCESS -> {}
            }
        }

        @Override
        public boolean awaitFrames(boolean frees) {
            return space.awaitMore() || frees && keeping.giveWay();
        }

        @Override
        public StoreException noFrames(long frames, Purpose purpose) {
            return space.refusal("for the directory", frames, purpose);
        }

        @Override
        public void framesRunShort() {
            if (reclaimer.wouldFreeByForce()) {
                forcer.request();
            }
        }
    }

    private void updateReserve() {
        reserve = Math.max(RESERVE_FRAMES_MIN, 4L * tree.depth() * 2);
        allocator.reserve(reserve);
    }

    /** The rules have changed. */
    void reserveForAdministrators() {
        allocator.keepForAdministrators(
                Math.ceilDiv(context.quotas().reservedBytes(), FileLayout.FRAME_BYTES));
    }

    /** A length that not even the empty file could take is refused at once; others are a hint. */
    private void requireFits(SaveRequest request) {
        long declared = request.declaredBytes();
        long usable = FileLayout.usableFrames(context.memory().frameCount()) - reserve;
        long pages = Math.ceilDiv(declared, FileLayout.FRAME_BYTES);
        long links = context.inlineEntries().linksFor(pages);
        space.requireUnreserved(pages + links, purpose(request));
        if (pages + links > usable) {
            throw StoreException.of(
                    Errno.ENOMEM,
                    "declared length can never fit this memory file: name="
                            + request.name()
                            + " declaredBytes="
                            + declared
                            + " frames="
                            + (pages + links)
                            + " usableFrames="
                            + usable);
        }
    }

    private static Purpose purpose(SaveRequest request) {
        return request.saver().mayUseReserve() ? Purpose.ADMINISTRATORS_SAVE : Purpose.SAVE;
    }

    SaveStream openSave(SaveRequest request, Runnable waker) {
        requireFits(request);
        requireOffered(request);
        long sequence = sequences.draw();
        sequences.replenish(context.threads().forces(), failed);
        FrameGrants.Source frames =
                new FrameGrants.Source(
                        space,
                        allocator,
                        context.memory(),
                        context.inlineEntries(),
                        staging,
                        context.threads().grants(),
                        purpose(request));
        SaveParts parts =
                new SaveParts(
                        context, table, context.quotas(), frames, nodes, this::submit, refusal);
        SaveStream stream =
                table.prepareSave(
                        request, sequence, node -> new SaveStream(request, node, parts, waker));
        stream.requestFirst();
        return stream;
    }

    private void requireOffered(SaveRequest request) {
        boolean isPower = request.durability().filter(Durability.POWER::equals).isPresent();
        if (isPower && !context.memory().isOnDevice()) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "durability power needs a device, and the memory file is in memory only: file="
                            + context.memory().path());
        }
    }

    private void submit(SaveStream stream, Node node, CompletableFuture<Long> answer) {
        committer.submit(new PendingChange.Publish(stream, node, droppedNodes, answer));
    }

    /** Drops a node that is leaving already. */
    CompletableFuture<Long> drop(Node node, State before) {
        PendingChange.Drop drop = new PendingChange.Drop(node, before, dropping);
        committer.submit(drop);
        return drop.answer();
    }

    CompletableFuture<Long> dropQuarantined(Quarantined damage) {
        PendingChange.DropQuarantined drop = new PendingChange.DropQuarantined(damage, dropping);
        committer.submit(drop);
        return drop.answer();
    }

    /** Has the current root forced. */
    CompletableFuture<Root> force() {
        return forcer.request();
    }

    /** Makes the memory file larger. */
    CompletableFuture<Long> grow(long bytes) {
        return growth.grow(bytes);
    }

    void stop(StoreException why) {
        committer.stop(why);
    }

    WatchedRoot watchRoot() {
        return reclaimer.watch();
    }

    KeptRoot keepRoot() {
        return keeping.keep();
    }

    boolean isRootKept() {
        return keeping.isUnderWay();
    }

    /** Whether frames are looked for that belong to nobody yet. */
    boolean isSearching() {
        return space.isSearching();
    }

    SurveyedRoot survey() {
        return reclaimer.survey();
    }

    long pinnings() {
        return reclaimer.pinnings();
    }

    /** Drops a dropped node's last pin. */
    void unpinned(Node node) {
        reclaimer.unpinned(node);
    }

    Reclaimer.Figures frames() {
        return reclaimer.figures();
    }

    long forces() {
        return forcer.forces();
    }

    long lastForcedMillis() {
        return forcer.lastForcedMillis();
    }

    long longestForceMillis() {
        return forcer.longestMillis();
    }

    long rootSequence() {
        return reclaimer.currentRoot().sequence();
    }

    long directoryPages() {
        return tree.pageCount();
    }
}
