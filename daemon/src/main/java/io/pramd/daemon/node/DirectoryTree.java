package io.pramd.daemon.node;

import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameWriter;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.node.Root.PageRef;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * One owner (the opening, then the committer). The copy-on-write directory tree: positional, 255
 * entries a page, every page in two frames. What it holds is kept in mind as well, so a commit
 * reads nothing: it builds the pages on the way from the changed leaves to the top anew, in free
 * frames, and leaves the old ones as they are.
 */
public final class DirectoryTree {
    private final LeafEntries leaves = new LeafEntries();
    private final List<TreeLevel> levels = new ArrayList<>();
    private final ByteBuffer page = MetadataPage.allocate();
    private final PageChecksum checksum = new PageChecksum();
    private final byte[] uuid;
    // entries that the file has and the tree does not: gone with the first commit
    private final List<Change> leftOut = new ArrayList<>();
    private int top;
    // of the figures that others than the owner ask for
    private volatile long pageCount;

    /** An entry put into a slot, or taken out of it when its pfn is 0. */
    record Change(int slot, int tag, int csum, long pfn) {}

    /** A pair of frames that no longer belongs to the tree, and the root that bore it. */
    record Superseded(PageRef page, long birth) {}

    /** What a commit made of the tree. */
    record Rewritten(Root root, List<Superseded> superseded, List<Long> unusedFrames) {}

    public DirectoryTree(byte[] uuid) {
        this.uuid = uuid.clone();
        levels.add(new TreeLevel());
    }

    /** The leaf entries; the opening fills them. */
    public LeafEntries leaves() {
        return leaves;
    }

    /** Used by the opening: page {@code index} of a level, as found. */
    public void found(int level, int index, PageRef ref) {
        put(level, index, ref, 0);
        top = Math.max(top, level);
    }

    /** Used by the opening: an entry that must not stay; it is in no leaf entries. */
    public void leaveOut(int slot) {
        leftOut.add(new Change(slot, 0, 0, 0));
    }

    private List<Change> withLeftOut(Collection<Change> changes) {
        List<Change> all = new ArrayList<>(leftOut);
        all.addAll(changes);
        return all;
    }

    private int end() {
        return leftOut.isEmpty()
                ? leaves.end()
                : Math.max(leaves.end(), leftOut.getLast().slot() + 1);
    }

    /** Levels of the tree: 1 when the top page is a leaf. */
    public int depth() {
        return top + 1;
    }

    /** Pages of the tree, without their second copies. From any thread. */
    public long pageCount() {
        return pageCount;
    }

    private void put(int level, int index, PageRef ref, long birth) {
        TreeLevel pages = level(level);
        long less = pages.page(index).exists() ? 1 : 0;
        pages.set(index, ref, birth);
        pageCount += (ref.exists() ? 1 : 0) - less;
    }

    /** Every page of the tree, in no order that matters. */
    public void forEachPage(java.util.function.Consumer<PageRef> visitor) {
        long entries = Math.max(end(), 1);
        for (int level = 0; level <= top; level++) {
            entries = Math.ceilDiv(entries, DirectoryLayout.ENTRIES);
            for (int index = 0; index < entries; index++) {
                PageRef ref = levels.get(level).page(index);
                if (ref.exists()) {
                    visitor.accept(ref);
                }
            }
        }
    }

    /** Frames a commit of these changes needs at most: two for every page on the way up. */
    int framesFor(Collection<Change> asked) {
        Collection<Change> changes = withLeftOut(asked);
        int last = Math.max(leaves.end() - 1, 0);
        for (Change change : changes) {
            last = Math.max(last, change.pfn() == 0 ? 0 : change.slot());
        }
        int height = Math.max(topFor(last), top);
        int pages = 0;
        for (TreeSet<Integer> dirty : dirtyPages(changes, height)) {
            pages += dirty.size();
        }
        return pages * 2;
    }

    /**
     * Applies the changes and stores the new pages; nothing points at them until a root slot does.
     *
     * @param frames free frames, at least {@link #framesFor}
     * @param birth the sequence of the commit
     */
    Rewritten rewrite(Collection<Change> asked, long[] frames, long birth, FrameWriter memory) {
        Collection<Change> changes = withLeftOut(asked);
        leftOut.clear();
        int oldTop = top;
        for (Change change : changes) {
            leaves.set(change.slot(), change.tag(), change.csum(), change.pfn());
        }
        int newTop = topFor(Math.max(leaves.end() - 1, 0));
        FrameSupply supply = new FrameSupply(frames);
        List<Superseded> superseded = new ArrayList<>();
        List<TreeSet<Integer>> dirty = dirtyPages(changes, Math.max(oldTop, newTop));
        if (leaves.count() == 0) {
            // an empty tree is its first leaf, which may have gone long before the last entry did
            dirty.getFirst().add(0);
        }
        for (int level = 0; level < dirty.size(); level++) {
            for (int index : dirty.get(level)) {
                supersede(level, index, superseded);
                boolean isTop = level == newTop && index == 0;
                boolean isNeeded = level <= newTop && (fill(level, index) > 0 || isTop);
                PageRef ref = isNeeded ? store(supply, memory) : PageRef.NONE;
                put(level, index, ref, birth);
            }
        }
        top = newTop;
        Root root = new Root(birth, levels.get(top).page(0), top, leaves.count());
        return new Rewritten(root, superseded, supply.rest());
    }

    /** Frames that {@link #storeWhole} needs. */
    public int framesForAll() {
        return framesFor(entries());
    }

    /**
     * Stores every page of a tree of which the leaf entries alone are known; nothing points at them
     * until a root slot does.
     *
     * @param frames free frames, at least {@link #framesForAll}
     * @param birth the sequence of the root
     */
    public Root storeWhole(long[] frames, long birth, FrameWriter writer) {
        return rewrite(entries(), frames, birth, writer).root();
    }

    private List<Change> entries() {
        List<Change> entries = new ArrayList<>();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            entries.add(new Change(slot, leaves.tag(slot), leaves.csum(slot), leaves.pfn(slot)));
        }
        return entries;
    }

    /** Frames handed to a commit, taken one by one. */
    private static final class FrameSupply {
        private final long[] frames;
        private int next;

        FrameSupply(long[] frames) {
            this.frames = frames;
        }

        long take() {
            return frames[next++];
        }

        List<Long> rest() {
            List<Long> rest = new ArrayList<>();
            for (int i = next; i < frames.length; i++) {
                rest.add(frames[i]);
            }
            return rest;
        }
    }

    /** The level of the top page of a tree whose largest slot in use is this. */
    private static int topFor(int lastSlot) {
        int level = 0;
        for (long capacity = DirectoryLayout.ENTRIES;
                capacity <= lastSlot;
                capacity *= DirectoryLayout.ENTRIES) {
            level++;
        }
        return level;
    }

    private List<TreeSet<Integer>> dirtyPages(Collection<Change> changes, int height) {
        List<TreeSet<Integer>> dirty = new ArrayList<>();
        TreeSet<Integer> children = new TreeSet<>();
        changes.forEach(change -> children.add(change.slot()));
        for (int level = 0; level <= height; level++) {
            TreeSet<Integer> pages = new TreeSet<>();
            children.forEach(child -> pages.add(child / DirectoryLayout.ENTRIES));
            if (level > top || level == height) {
                // a tree that grows needs the first page of every new level; one that shrinks drops
                // them
                pages.add(0);
            }
            dirty.add(pages);
            children.clear();
            children.addAll(pages);
        }
        return dirty;
    }

    private void supersede(int level, int index, List<Superseded> superseded) {
        TreeLevel pages = level(level);
        PageRef old = pages.page(index);
        if (old.exists()) {
            superseded.add(new Superseded(old, pages.birth(index)));
        }
    }

    /** Builds a page in the scratch buffer; answers its entries in use. */
    private int fill(int level, int index) {
        DirectoryLayout.begin(page, level);
        int first = index * DirectoryLayout.ENTRIES;
        int inUse = 0;
        for (int i = 0; i < DirectoryLayout.ENTRIES; i++) {
            inUse += level == 0 ? fillLeaf(i, first + i) : fillInner(level, i, first + i);
        }
        DirectoryLayout.inUse(page, inUse);
        return inUse;
    }

    private int fillLeaf(int entry, int slot) {
        if (!leaves.isUsed(slot)) {
            return 0;
        }
        DirectoryLayout.leafEntry(
                page, entry, leaves.tag(slot), leaves.csum(slot), leaves.pfn(slot));
        return 1;
    }

    private int fillInner(int level, int entry, int childIndex) {
        PageRef child = levels.get(level - 1).page(childIndex);
        if (!child.exists()) {
            return 0;
        }
        DirectoryLayout.innerEntry(page, entry, child.csum(), child.pfn1(), child.pfn2());
        return 1;
    }

    private PageRef store(FrameSupply supply, FrameWriter memory) {
        int csum = checksum.ofDirectory(uuid, page);
        MetadataPage.csum(page, csum);
        PageRef ref = new PageRef(csum, supply.take(), supply.take());
        memory.store(ref.pfn1(), page);
        memory.store(ref.pfn2(), page);
        return ref;
    }

    private TreeLevel level(int level) {
        while (levels.size() <= level) {
            levels.add(new TreeLevel());
        }
        return levels.get(level);
    }
}
