package io.pramd.daemon.node;

import io.pramd.daemon.memory.FrameAllocator;
import io.pramd.daemon.node.DirectoryTree.Superseded;
import io.pramd.daemon.node.Dropped.Remains;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Thread-safe. Decides when frames that the current root no longer reaches may be used again: when
 * no reader pins them and no root that a crash could bring back reaches them. What was born after
 * the last forced root and has died before the next one was never on the device's side of the
 * store, and is free at once.
 */
final class Reclaimer {
    /**
     * What a check held back is looked at again in steps, so that no commit waits for all of it.
     */
    private static final int PLACED_AT_ONCE = 256;

    private final StoreContext context;
    private final NodeTable table;
    private final FrameAllocator allocator;
    private final ChainRelease chains;
    // looked at again only when a root has been forced: a commit never walks them
    private final List<Dropped> held = new ArrayList<>();
    // no forced root reaches these, only one that somebody reads: looked at again when that ends
    private final Deque<Dropped> heldByWatch = new ArrayDeque<>();
    // each looked at again only when its own last pin has gone
    private final Map<Node, Dropped> pinned = new HashMap<>();
    // of changes that nobody sees before their root is forced: others may still begin to read them
    private final List<Dropped> visible = new ArrayList<>();
    private final List<Long> protectedRoots = new ArrayList<>();
    // of checks under way
    private final List<Long> watchedRoots = new ArrayList<>();
    private final UnforcedAge unforcedAge = new UnforcedAge();
    private final Deque<Dropped> toRelease = new ArrayDeque<>();
    // a worker is at it
    private final Set<Dropped> underWay = Collections.newSetFromMap(new IdentityHashMap<>());
    private Root current;
    private long heldFrames;
    private long pinnedFrames;
    private int releasing;
    private int unawaited; // of the watched roots
    private int unwatching;
    private long pinnings;

    /** A dropped node as the committer knows it. */
    record DroppedNode(Node node, ChainReader.Chain chain) {}

    Reclaimer(StoreContext context, NodeTable table, FrameAllocator allocator, OpenedRoot opened) {
        this.context = context;
        this.table = table;
        this.allocator = allocator;
        this.chains = new ChainRelease(context, this::free);
        this.current = opened.root();
        this.protectedRoots.addAll(opened.forcedSequences());
        if (!opened.isForced() && context.memory().isOnDevice()) {
            unforcedAge.committed(); // by an earlier process: how long ago is not known
        }
    }

    /** What only forced roots reach at the opening, until a newer root has been forced. */
    synchronized void holdFromOpening(Held found) {
        hold(new Dropped(0, current.sequence(), found.frames(), new Remains.OfOpening(found)));
    }

    /**
     * A new root is in its slot: what it dropped is free, or held.
     *
     * @param nodes that nobody can find any more
     * @param stillVisible others that it dropped; nobody can when the root has been {@link #forced}
     */
    synchronized void rootReplaced(
            Root root,
            List<DroppedNode> nodes,
            List<DroppedNode> stillVisible,
            List<Superseded> pages) {
        current = root;
        if (context.memory().isOnDevice()) {
            unforcedAge.committed();
        }
        nodes.forEach(node -> hold(dropped(node, root)));
        for (DroppedNode node : stillVisible) {
            Dropped dropped = dropped(node, root);
            heldFrames += dropped.frames();
            visible.add(dropped);
        }
        for (Superseded page : pages) {
            hold(new Dropped(page.birth(), root.sequence(), 2, new Remains.OfPage(page.page())));
        }
    }

    private static Dropped dropped(DroppedNode dropped, Root root) {
        ChainReader.Chain chain = dropped.chain();
        KeptChain kept = dropped.node().kept.get();
        long frames = 1 + (kept == null ? chain.pages() + chain.linkFrames() : kept.frames());
        Remains remains = new Remains.OfNode(dropped.node(), chain);
        return new Dropped(dropped.node().sequence, root.sequence(), frames, remains);
    }

    private void hold(Dropped dropped) {
        heldFrames += dropped.frames();
        place(dropped);
    }

    private void place(Dropped dropped) {
        if (dropped.isReachedByAny(protectedRoots)) {
            held.add(dropped);
        } else if (dropped.isReachedByAny(watchedRoots)) {
            heldByWatch.add(dropped);
        } else if (dropped.remains() instanceof Remains.OfNode(Node node, ChainReader.Chain _)
                && table.awaitUnpin(node)) {
            pinned.put(node, dropped);
            pinnedFrames += dropped.frames();
            pinnings++;
        } else {
            releasing++;
            release(dropped);
        }
    }

    synchronized Root currentRoot() {
        return current;
    }

    /** The root to force now; nothing it reaches is released until {@link #forced}. */
    synchronized Root beginForce() {
        protectedRoots.add(current.sequence());
        unforcedAge.forceBegins();
        return current;
    }

    /**
     * The root is on the device, with its slot: no older one can come back. What it dropped can be
     * found by nobody.
     */
    synchronized void forced(Root root) {
        protectedRoots.removeIf(sequence -> sequence <= root.sequence());
        protectedRoots.add(root.sequence());
        unforcedAge.forced();
        placeAgain(held);
        List<Dropped> all = List.copyOf(visible);
        visible.clear();
        all.forEach(dropped -> placeOrKeep(dropped, root));
    }

    private void placeOrKeep(Dropped dropped, Root forced) {
        if (dropped.death() <= forced.sequence()) {
            place(dropped);
        } else {
            visible.add(dropped);
        }
    }

    /** The current root, of which nothing is released until {@link #unwatch}. */
    synchronized WatchedRoot watch() {
        watchedRoots.add(current.sequence());
        return new WatchedRoot(current, allocator, heldFrames, this::unwatch);
    }

    /** The same, but who waits for frames does not wait before {@link #awaitUnwatched}. */
    synchronized WatchedRoot watchUnawaited() {
        watchedRoots.add(current.sequence());
        unawaited++;
        return new WatchedRoot(current, allocator, heldFrames, this::unwatch);
    }

    /** Such a root is about to be given back: who waits for frames waits for that. */
    synchronized void awaitUnwatched() {
        unawaited--;
    }

    /** Whether a root that somebody reads keeps frames that would be free. */
    synchronized boolean isHeldByWatch() {
        return !heldByWatch.isEmpty();
    }

    /** The same for who draws it, with all that was dropped before and is not free. */
    SurveyedRoot survey() {
        WatchedRoot watched;
        List<Dropped> unread;
        List<Dropped> read;
        long key;
        synchronized (this) {
            unread = new ArrayList<>(held);
            unread.addAll(heldByWatch);
            unread.addAll(visible);
            unread.addAll(toRelease);
            unread.addAll(underWay);
            read = List.copyOf(pinned.values());
            key = pinnings;
            watched = watch(); // last: nothing may fail behind it
        }
        try {
            List<DroppedFrames> all = new ArrayList<>(unread.size() + read.size());
            unread.forEach(dropped -> all.add(dropped.framesFor(false)));
            read.forEach(dropped -> all.add(dropped.framesFor(true)));
            return new SurveyedRoot(watched, all, key);
        } catch (RuntimeException | Error e) {
            watched.close(); // else nothing of it would ever be free
            throw e;
        }
    }

    /** How often a dropped node was found to be read yet, so far. */
    synchronized long pinnings() {
        return pinnings;
    }

    private void unwatch(Root root) {
        int left;
        synchronized (this) {
            watchedRoots.remove(root.sequence());
            unwatching++;
            left = heldByWatch.size();
        }
        try {
            while (left > 0) {
                left = placeSome(left);
            }
        } finally {
            unwatched();
        }
    }

    private synchronized int placeSome(int left) {
        int some = Math.min(Math.min(left, PLACED_AT_ONCE), heldByWatch.size());
        for (int i = 0; i < some; i++) {
            place(heldByWatch.remove());
        }
        return Math.min(left - some, heldByWatch.size());
    }

    private synchronized void unwatched() {
        unwatching--;
        notifyAll();
    }

    private void placeAgain(List<Dropped> waiting) {
        List<Dropped> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(this::place);
    }

    /**
     * The last pin of a dropped node has gone. Whoever says so may be faster than the step that has
     * just put the node aside, and waits for it at the monitor.
     */
    synchronized void unpinned(Node node) {
        Dropped dropped = pinned.remove(node);
        if (dropped != null) {
            pinnedFrames -= dropped.frames();
            place(dropped);
        }
    }

    private void release(Dropped dropped) {
        if (dropped.remains() instanceof Remains.OfPage(Root.PageRef page)) {
            free(new long[] {page.pfn1(), page.pfn2()}, 2);
            released(dropped);
            return;
        }
        if (isSmall(dropped.remains())) {
            releaseCounted(dropped);
            return;
        }
        toRelease.add(dropped);
        context.threads().workers().execute(this::releaseNext);
    }

    /** Whether it is released without reading, or with a link read that no device keeps waiting. */
    private boolean isSmall(Remains remains) {
        return remains instanceof Remains.OfNode(Node node, ChainReader.Chain chain)
                && node.kept.get() == null
                && chain.linkFrames() <= (context.memory().isOnDevice() ? 0 : 1);
    }

    private void releaseNext() {
        Dropped dropped;
        synchronized (this) {
            dropped = toRelease.poll();
            if (dropped == null) {
                // a worker that waited for frames was faster
                return;
            }
            underWay.add(dropped);
        }
        releaseCounted(dropped);
    }

    private void releaseCounted(Dropped dropped) {
        long freed = 0;
        try {
            freed = releaseNow(dropped.remains());
        } finally {
            uncount(dropped.frames() - freed);
            released(dropped);
        }
    }

    private long releaseNow(Remains remains) {
        return switch (remains) {
            case Remains.OfNode(Node node, ChainReader.Chain _) when node.kept.get() != null ->
                    chains.releaseKept(node.pfn, node.kept.get());
            case Remains.OfNode(Node node, ChainReader.Chain chain) ->
                    chains.releaseNode(node.pfn, chain, chain.links());
            case Remains.OfOpening(Held held) when held.nodePfn() != 0 ->
                    chains.releaseNode(held.nodePfn(), held.chain(), held.links());
            case Remains.OfOpening(Held held) ->
                    free(new long[] {held.page().pfn1(), held.page().pfn2()}, 2);
            case Remains.OfPage(Root.PageRef page) ->
                    free(new long[] {page.pfn1(), page.pfn2()}, 2);
        };
    }

    /**
     * Frees and counts in one step, so that free and held together are the same for whoever looks.
     */
    private synchronized int free(long[] pfns, int length) {
        int freed = allocator.releaseAll(pfns, length);
        heldFrames -= freed;
        return freed;
    }

    /** Frames that were counted as held and have another reference. */
    private synchronized void uncount(long frames) {
        heldFrames -= frames;
    }

    private synchronized void released(Dropped dropped) {
        underWay.remove(dropped);
        releasing--;
        notifyAll();
    }

    /**
     * Of one moment.
     *
     * @param free frames that nobody holds
     * @param held that are unreachable but not yet reusable
     * @param pinned of those the ones that only readers keep
     * @param unforcedNanos age of the oldest change that no forced root reaches; 0: there is none
     */
    record Figures(long free, long held, long pinned, long unforcedNanos) {
        static final Figures NONE = new Figures(0, 0, 0, 0);
    }

    synchronized Figures figures() {
        return new Figures(allocator.freeFrames(), heldFrames, pinnedFrames, unforcedAge.nanos());
    }

    /** Frames that are unreachable but not yet reusable. */
    synchronized long heldFrames() {
        return heldFrames;
    }

    /** Whether forcing the current root would free anything. */
    synchronized boolean wouldFreeByForce() {
        return !held.isEmpty() || !visible.isEmpty();
    }

    /**
     * Does a release that no worker has begun, since all of them may wait for frames as the caller
     * does, or waits until one under way, or a check, is done; answers whether there was one.
     * Blocks; for workers and the committer only.
     */
    boolean awaitReleases(long millis) throws InterruptedException {
        synchronized (this) {
            boolean isWatched = watchedRoots.size() > unawaited || unwatching > 0;
            boolean isHeldByCheck = isWatched && !heldByWatch.isEmpty();
            if (releasing == 0 && !isHeldByCheck) {
                return false;
            }
            if (toRelease.isEmpty()) {
                wait(millis);
                return true;
            }
        }
        releaseNext();
        return true;
    }
}
