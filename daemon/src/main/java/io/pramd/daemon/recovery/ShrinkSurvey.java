package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.ReferenceCounts;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.NodePageReader;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One owner. What a root reaches, and up to where: of each link and node page the largest frame
 * that it, or what is behind it in its chain, reaches. That page must be written anew when the file
 * is to end before that frame.
 */
final class ShrinkSurvey {
    /** Frames that commits which free must find, as a running store keeps them from savers. */
    private static final long RESERVE_FRAMES_MIN = 64;

    private final FrameReader frames;
    private final byte[] uuid;
    private final ReferenceCounts reached;
    private final ReferenceCounts data;
    private final NodePageReader nodePages;
    private final ChainReader links;
    private final ByteBuffer page = MetadataPage.allocate();
    private final DirectoryTree tree;
    private long[] upTo = new long[1024];
    private int upToCount;

    /**
     * What a size asks for.
     *
     * @param needed frames below its end that must be free
     * @param available frames below its end that are
     */
    record Fit(long frameCount, long needed, long available) {
        boolean fits() {
            return needed <= available;
        }
    }

    ShrinkSurvey(FrameReader frames, byte[] uuid, long frameCount, DirectoryTree tree) {
        this.frames = frames;
        this.uuid = uuid;
        this.tree = tree;
        reached = new ReferenceCounts(frameCount);
        data = new ReferenceCounts(frameCount);
        nodePages = new NodePageReader(frames, uuid, frameCount);
        links = new ChainReader(frames, uuid, frameCount, new Chain(0, 0, 0));
    }

    /**
     * Reads all metadata.
     *
     * @throws StoreException EIO when a node does not verify: what is left of it may be anywhere
     */
    void run() {
        tree.forEachPage(
                ref -> {
                    reached.retain(ref.pfn1());
                    reached.retain(ref.pfn2());
                });
        LeafEntries leaves = tree.leaves();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            try {
                node(leaves.pfn(slot), leaves.csum(slot));
            } catch (StoreException e) {
                throw StoreException.of(
                        Errno.EIO,
                        "a damaged node stands in the way, and what is left of it may be anywhere:"
                                + " salvage it and remove it first: pfn="
                                + leaves.pfn(slot)
                                + ": "
                                + e.getMessage());
            }
        }
        upTo = Arrays.copyOf(upTo, upToCount);
        Arrays.sort(upTo);
    }

    private void node(long pfn, int csum) {
        nodePages.read(pfn, csum, page);
        reached.retain(pfn);
        Chain chain = Chain.of(page);
        long[] largest = new long[(int) Math.min(chain.links(), Integer.MAX_VALUE)];
        links.begin(chain);
        while (links.hasNext()) {
            links.next();
            largest[(int) links.position()] = ofLink();
        }
        long behind = 0;
        for (int position = largest.length - 1; position >= 0; position--) {
            behind = Math.max(behind, largest[position]);
            if (!chain.isInlined()) {
                add(behind);
            }
        }
        add(Math.max(pfn, behind));
    }

    private long ofLink() {
        long largest = links.pfn();
        if (links.hasFrame()) {
            reached.retain(links.pfn());
        }
        for (int entry = 0; entry < links.entries(); entry++) {
            long pfn = links.entryPfn(entry);
            reached.retain(pfn);
            data.retain(pfn);
            largest = Math.max(largest, pfn);
        }
        return largest;
    }

    private void add(long largest) {
        if (upToCount == upTo.length) {
            upTo = Arrays.copyOf(upTo, upToCount * 2);
        }
        upTo[upToCount++] = largest;
    }

    boolean isReached(long pfn) {
        return reached.count(pfn) > 0;
    }

    /** What a size asks for. */
    Fit fit(long frameCount) {
        return new Fits().downTo(frameCount);
    }

    /** The smallest size that fits, in frames. */
    long smallest() {
        Fits fits = new Fits();
        long smallest = reached.frameCount();
        for (long count = smallest - 1; count >= FileLayout.FRAMES_MIN; count--) {
            if (!fits.downTo(count).fits()) {
                return smallest; // and fewer fit even less
            }
            smallest = count;
        }
        return smallest;
    }

    /** One owner. The fits of smaller and smaller sizes. */
    private final class Fits {
        private final long fixed = tree.framesForAll() + reserve();
        private long count = reached.frameCount();
        private long dataAbove;
        private long reachedBelow = reachedInAll();
        private int metadataBelow = upToCount;

        Fit downTo(long frameCount) {
            while (count > frameCount) {
                count--;
                dataAbove += data.count(count) > 0 ? 1 : 0;
                reachedBelow -= reached.count(count) > 0 ? 1 : 0;
            }
            while (metadataBelow > 0 && upTo[metadataBelow - 1] >= count) {
                metadataBelow--;
            }
            long needed = fixed + dataAbove + upToCount - metadataBelow;
            return new Fit(count, needed, FileLayout.usableFrames(count) - reachedBelow);
        }

        private long reachedInAll() {
            long all = 0;
            for (long pfn = 0; pfn < count; pfn++) {
                all += reached.count(pfn) > 0 ? 1 : 0;
            }
            return all;
        }

        private long reserve() {
            return Math.max(RESERVE_FRAMES_MIN, 4L * tree.depth() * 2);
        }
    }
}
