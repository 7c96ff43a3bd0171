package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.FrameSet;
import io.pramd.daemon.memory.FrameSweep;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.node.Root.PageRef;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One owner. Reads a directory tree from its top to its leaves, each page from whichever of its two
 * copies verifies.
 */
public final class TreeReader {
    private final FrameSweep frames;
    private final byte[] uuid;
    private final long frameCount;
    private final PageChecksum checksum = new PageChecksum();
    private final ByteBuffer page = MetadataPage.allocate();
    private final List<String> findings = new ArrayList<>();
    private FrameSet nodePages = new FrameSet();
    private int leftOut;
    private int topLevel;

    public TreeReader(FrameReader frames, byte[] uuid, long frameCount) {
        this.frames = new FrameSweep(frames);
        this.uuid = uuid;
        this.frameCount = frameCount;
    }

    /** What is wrong with trees that can be read all the same, in words. */
    public List<String> findings() {
        return findings;
    }

    /**
     * Reads a whole tree.
     *
     * @throws StoreException EIO naming the page of which no copy verifies
     */
    public DirectoryTree read(Root root) {
        if (root.level() < 0 || root.level() > DirectoryLayout.LEVEL_MAX) {
            throw StoreException.of(
                    Errno.EIO, "root's level is out of range: level=" + root.level());
        }
        DirectoryTree tree = new DirectoryTree(uuid);
        nodePages = new FrameSet();
        leftOut = 0;
        topLevel = root.level();
        readPage(tree, root.level(), 0, root.top());
        if (tree.leaves().count() + leftOut != root.nodeCount()) {
            throw StoreException.of(
                    Errno.EIO,
                    "root counts other nodes than its tree has: expected="
                            + root.nodeCount()
                            + " actual="
                            + (tree.leaves().count() + leftOut));
        }
        return tree;
    }

    private void readPage(DirectoryTree tree, int level, int index, PageRef ref) {
        requireSlotsWithin(level, index);
        requireCopy(level, index, ref);
        requireEntries(level, index);
        tree.found(level, index, ref);
        int first = index * DirectoryLayout.ENTRIES;
        if (level == 0) {
            readLeaf(tree, first);
            return;
        }
        // the scratch page is used again below, so the children are taken out of it first
        PageRef[] children = new PageRef[DirectoryLayout.ENTRIES];
        for (int i = 0; i < children.length; i++) {
            children[i] =
                    new PageRef(
                            DirectoryLayout.innerCsum(page, i),
                            DirectoryLayout.innerPfn1(page, i),
                            DirectoryLayout.innerPfn2(page, i));
        }
        if (level == 1) {
            // leaves are most of a tree
            frames.expect(Arrays.stream(children).mapToLong(PageRef::pfn1).toArray());
        }
        for (int i = 0; i < children.length; i++) {
            if (children[i].exists()) {
                readPage(tree, level - 1, first + i, children[i]);
            }
        }
    }

    /** Frames of a page without entries would not be counted, and so be used for something else. */
    private void requireEntries(int level, int index) {
        boolean isEmpty = true;
        for (int i = 0; i < DirectoryLayout.ENTRIES && isEmpty; i++) {
            isEmpty =
                    level == 0
                            ? DirectoryLayout.leafPfn(page, i) == 0
                            : DirectoryLayout.innerPfn1(page, i) == 0;
        }
        if (isEmpty && topLevel > 0) {
            throw StoreException.of(
                    Errno.EIO,
                    "directory page without entries: level=" + level + " index=" + index);
        }
    }

    /** A slot never has a larger number than there are frames: the smallest free one is taken. */
    private void requireSlotsWithin(int level, int index) {
        long max = Math.min(frameCount, Integer.MAX_VALUE - DirectoryLayout.ENTRIES);
        if ((long) index * DirectoryLayout.ENTRIES > max) {
            throw StoreException.of(
                    Errno.EIO,
                    "directory page has larger slots than there are frames: level="
                            + level
                            + " index="
                            + index
                            + " frames="
                            + frameCount);
        }
    }

    private void readLeaf(DirectoryTree tree, int first) {
        for (int i = 0; i < DirectoryLayout.ENTRIES; i++) {
            long pfn = DirectoryLayout.leafPfn(page, i);
            if (pfn != 0 && !nodePages.add(pfn)) {
                // two names for one node page: a removal by the one would leave the other
                tree.leaveOut(first + i);
                leftOut++;
                findings.add("leaf entry names the page of another: slot=" + (first + i));
            } else if (pfn != 0) {
                tree.leaves()
                        .set(
                                first + i,
                                DirectoryLayout.leafTag(page, i),
                                DirectoryLayout.leafCsum(page, i),
                                pfn);
            }
        }
    }

    private void requireCopy(int level, int index, PageRef ref) {
        String where = "directory page level=" + level + " index=" + index;
        if (!isUsable(ref.pfn1()) || !isUsable(ref.pfn2())) {
            // its parent verifies, so this is no damage: such a tree was never written by us
            throw StoreException.of(
                    Errno.EIO,
                    where
                            + " is at no usable frame: pfn1="
                            + ref.pfn1()
                            + " pfn2="
                            + ref.pfn2()
                            + " frames="
                            + frameCount);
        }
        boolean isFirstGood = isGood(level, ref, ref.pfn1());
        if (!isFirstGood) {
            findings.add(where + " does not verify at frame " + ref.pfn1());
            if (!isGood(level, ref, ref.pfn2())) {
                throw StoreException.of(
                        Errno.EIO,
                        "no copy verifies: "
                                + where
                                + " pfn1="
                                + ref.pfn1()
                                + " pfn2="
                                + ref.pfn2());
            }
        }
    }

    private boolean isUsable(long pfn) {
        return pfn > 0 && pfn < frameCount && !FileLayout.isFixed(pfn);
    }

    private boolean isGood(int level, PageRef ref, long pfn) {
        try {
            frames.read(pfn, page);
        } catch (StoreException e) {
            return false;
        }
        return MetadataPage.magic(page) == Magic.DIRECTORY.number()
                && DirectoryLayout.level(page) == level
                && MetadataPage.csum(page) == ref.csum()
                && checksum.ofDirectory(uuid, page) == ref.csum();
    }
}
