package io.pramd.daemon.node;

import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.memory.Forcer;
import io.pramd.daemon.memory.FrameAllocator;
import io.pramd.daemon.memory.FrameAllocator.Purpose;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.DirectoryTree.Rewritten;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe at its door ({@link #submit}); behind it one commit at a time. The one path by which
 * publish, replace, remove and finish change what is reachable: requests that meet share a commit.
 *
 * <p>Commits run on a thread of their own or, where nothing can block, at the end of the turn of
 * the event loop that asked for one: what all its connections finish in a turn is one commit, and
 * no other thread is woken for it. A lock keeps it to one at a time; an event loop never waits for
 * the lock but hands over.
 */
final class Committer {
    /** Requests that one commit takes at most. */
    private static final int BATCH_MAX = 1024;

    /** The same of a commit in an event loop's turn: others wait meanwhile. */
    private static final int TURN_BATCH_MAX = 256;

    /** Commits in a turn: its own, and one for those who came meanwhile. */
    private static final int TURN_ROUNDS_MAX = 2;

    /**
     * Free frames beyond which no commit in a turn has to wait for any, whatever savers take beside
     * it: 32 MiB, where one needs 8 MiB at most.
     */
    private static final long TURN_FRAMES_FREE = 8192;

    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

    private final StoreContext context;
    private final DirectoryTree tree;
    private final NodeTable table;
    private final FrameAllocator allocator;
    private final Publisher publisher;
    private final StoreMetering metering;
    private final Consumer<StoreException> failed;
    private final ConcurrentLinkedQueue<PendingChange> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final ReentrantLock committing = new ReentrantLock();
    private volatile StoreException fatal;

    /** Puts a rewritten tree in force and takes care of what it dropped. */
    interface Publisher {
        /** The sequence of the next root. May block for the device. */
        long nextSequence();

        /** Stores the root into its slot; on return a restart finds it. */
        void store(Root root, Durability promised);

        /**
         * Frees or holds what the stored root dropped.
         *
         * @param unforced changes that nobody may see before the root is forced
         */
        void reclaim(
                Rewritten rewritten,
                List<Reclaimer.DroppedNode> dropped,
                List<PendingChange> unforced);

        /** Has the root forced as soon as was promised. */
        void keep(Durability promised);

        /**
         * Has frames freed that are held, or waits for some on their way; answers whether there
         * were any. Blocks.
         *
         * @param frees whether the change that needs them frees others
         */
        boolean awaitFrames(boolean frees);

        /** What is said of so many frames that could not be had. */
        StoreException noFrames(long frames, Purpose purpose);

        /** Called when frames run short after a commit. */
        void framesRunShort();
    }

    /** What a committer works on. */
    record Parts(
            StoreContext context,
            DirectoryTree tree,
            NodeTable table,
            FrameAllocator allocator,
            StoreMetering metering) {}

    Committer(Parts parts, Publisher publisher, Consumer<StoreException> failed) {
        this.context = parts.context();
        this.tree = parts.tree();
        this.table = parts.table();
        this.allocator = parts.allocator();
        this.metering = parts.metering();
        this.publisher = publisher;
        this.failed = failed;
    }

    /**
     * Queues a change; its future completes when a root with it is in its slot, or with why there
     * is none.
     */
    void submit(PendingChange change) {
        queue.add(change);
        schedule();
    }

    private void schedule() {
        if (!scheduled.compareAndSet(false, true)) {
            return;
        }
        if (context.mayWorkHere()) {
            try {
                context.threads().turns().atEnd(this::drainInTurn);
                return;
            } catch (RejectedExecutionException e) {
                LOG.debug("the event loop ends: {}", e.getMessage());
            }
        }
        handOver();
    }

    private void handOver() {
        context.threads().commits().execute(this::drain);
    }

    private void drain() {
        scheduled.set(false);
        committing.lock();
        try {
            List<PendingChange> batch = take(BATCH_MAX);
            while (batch.size() == BATCH_MAX) {
                commitOrFail(batch);
                batch = take(BATCH_MAX);
            }
            commitOrFail(batch);
            sayIfShort();
        } finally {
            committing.unlock();
        }
        if (!queue.isEmpty() && scheduled.compareAndSet(false, true)) {
            handOver();
        }
    }

    /**
     * What is more than a turn's work, or could block, is handed over. Where another commit is
     * under way nothing need be done: whoever makes it looks at the queue once more when it has
     * given the lock back, and so finds what was there when the lock was not to be had.
     */
    private void drainInTurn() {
        scheduled.set(false);
        for (int round = 0; round < TURN_ROUNDS_MAX; round++) {
            if (allocator.freeFrames() < TURN_FRAMES_FREE) {
                break;
            }
            if (!committing.tryLock()) {
                return;
            }
            try {
                commitOrFail(take(TURN_BATCH_MAX));
                sayIfShort();
            } finally {
                committing.unlock();
            }
            if (queue.isEmpty()) {
                return;
            }
        }
        handOver();
    }

    private List<PendingChange> take(int most) {
        List<PendingChange> batch = new ArrayList<>();
        while (batch.size() < most) {
            PendingChange next = queue.poll();
            if (next == null) {
                break;
            }
            batch.add(next);
        }
        return batch;
    }

    private void sayIfShort() {
        if (allocator.isShort()) {
            publisher.framesRunShort();
        }
    }

    private void commitOrFail(List<PendingChange> batch) {
        if (batch.isEmpty()) {
            return;
        }
        if (fatal != null) {
            batch.forEach(change -> failQuietly(change, fatal));
            return;
        }
        try {
            commitAsRoomAllows(batch);
        } catch (RuntimeException | Error e) {
            // it ended in the middle: whether the new root is in its slot is not known, and the
            // tree kept in mind may be another than the one in force
            StoreException unknown = unknown(e);
            fatal = unknown;
            failed.accept(unknown);
            batch.forEach(change -> failQuietly(change, unknown));
        }
    }

    private static StoreException unknown(Throwable e) {
        if (e instanceof StoreException known) {
            return known.isOutcomeUnknown()
                    ? known
                    : StoreException.outcomeUnknown(known.getMessage());
        }
        LOG.error("a commit failed inside the daemon", e);
        return StoreException.outcomeUnknown("a commit failed inside the daemon: " + e);
    }

    /** One that cannot even be failed must not keep the others from their answers. */
    private static void failQuietly(PendingChange change, StoreException why) {
        try {
            change.fail(why);
        } catch (RuntimeException e) {
            LOG.error("a change failed twice", e);
        }
    }

    /** Fails all that comes from here on; what is queued is failed by the drain. */
    void stop(StoreException why) {
        fatal = why;
    }

    private void commitAsRoomAllows(List<PendingChange> batch) {
        List<PendingChange> sealed = new ArrayList<>();
        for (PendingChange change : batch) {
            try {
                change.seal(); // 1. the last link and the node page are stored
                sealed.add(change);
            } catch (StoreException e) {
                change.fail(e);
            }
        }
        context.crashPoints().reached(CrashPoint.NODE_STORED);
        if (sealed.isEmpty() || commit(sealed)) {
            return;
        }
        // too few frames for all at once: what frees goes first, each for itself
        sealed.sort((a, b) -> Boolean.compare(b.frees(), a.frees()));
        for (PendingChange change : sealed) {
            boolean isCommitted = commit(List.of(change));
            while (!isCommitted && publisher.awaitFrames(change.frees())) {
                isCommitted = commit(List.of(change));
            }
            // what came free between the last attempt and the question nobody waits for any more
            isCommitted = isCommitted || commit(List.of(change));
            if (!isCommitted) {
                change.fail(publisher.noFrames(2L * tree.depth(), change.purpose()));
            }
        }
    }

    private boolean commit(List<PendingChange> changes) {
        long begin = metering.begin();
        List<DirectoryTree.Change> entries = new ArrayList<>();
        for (PendingChange change : changes) {
            entries.add(change.prepare(tree.leaves(), table));
        }
        Purpose purpose = purpose(changes);
        Optional<long[]> frames = allocator.allocateSingles(tree.framesFor(entries), purpose);
        if (frames.isEmpty()) {
            changes.forEach(change -> change.withdraw(tree.leaves(), table));
            return false;
        }
        // 2. new directory pages in free frames; nothing points at them yet
        Rewritten rewritten =
                tree.rewrite(
                        entries, frames.get(), publisher.nextSequence(), context.memory()::store);
        for (long unused : rewritten.unusedFrames()) {
            allocator.release(unused);
        }
        reached(changes, frames.get(), rewritten.unusedFrames().size());
        context.crashPoints().reached(CrashPoint.TREE_STORED);
        Durability promised = promised(changes);
        publisher.store(rewritten.root(), promised); // 3. from here on a restart finds the new tree
        Predicate<PendingChange> isUnforced = change -> change.durability() == Durability.POWER;
        List<PendingChange> unforced = changes.stream().filter(isUnforced).toList();
        List<PendingChange> visible = changes.stream().filter(isUnforced.negate()).toList();
        // 4. and so do others; before 5., so that no name leads to frames that are free
        visible.forEach(change -> change.apply(table));
        // 5. only now may old frames be used again
        publisher.reclaim(rewritten, dropped(visible), unforced);
        visible.forEach(PendingChange::succeed); // 6. the answers
        publisher.keep(promised); // 7. those of level power come when the root is forced
        metering.committed(changes.size(), begin);
        return true;
    }

    /** One saver who may not use a reserve keeps the others of a commit from none that they may. */
    private static Purpose purpose(List<PendingChange> changes) {
        Purpose purpose = Purpose.COMMIT;
        for (PendingChange change : changes) {
            if (change.purpose() == Purpose.ADMINISTRATORS_SAVE) {
                return Purpose.ADMINISTRATORS_SAVE;
            }
            purpose = change.frees() ? purpose : Purpose.SAVE;
        }
        return purpose;
    }

    /** All that the new root reaches has been stored, and no root reached it before. */
    private void reached(List<PendingChange> changes, long[] frames, int unused) {
        if (!context.memory().isOnDevice()) {
            return;
        }
        Forcer forcer = context.memory().forcer();
        for (int i = 0; i < frames.length - unused; i++) {
            forcer.reached(frames[i], 1);
        }
        changes.forEach(change -> change.reached(forcer));
    }

    private static Durability promised(List<PendingChange> changes) {
        Durability promised = Durability.PROCESS;
        for (PendingChange change : changes) {
            promised = promised.or(change.durability());
        }
        return promised;
    }

    static List<Reclaimer.DroppedNode> dropped(List<PendingChange> changes) {
        List<Reclaimer.DroppedNode> dropped = new ArrayList<>();
        changes.forEach(change -> change.dropped().ifPresent(dropped::add));
        return dropped;
    }
}
