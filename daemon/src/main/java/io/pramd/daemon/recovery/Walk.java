package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.ReferenceCounts;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.Held;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.NodePageReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner. Counts all references that the chosen root and the valid forced roots make: the
 * persistent file has neither counts nor a free list. Reads metadata only, so its time grows with
 * links, not with bytes.
 */
final class Walk {
    private static final Logger LOG = LoggerFactory.getLogger(Walk.class);

    private final FrameReader frames;
    private final byte[] uuid;
    private final ReferenceCounts counts;
    private final NodePageReader nodePages;
    private final ByteBuffer page = MetadataPage.allocate();
    private final List<Held> held = new ArrayList<>();
    private final AtomicLong nodesDone = new AtomicLong();
    private long reached;
    private long linksCounted;

    /** Hears of damaged nodes. */
    @FunctionalInterface
    interface Damaged {
        /**
         * A node of which only so many links, from the first, and what they name were counted.
         *
         * @param slot of its leaf entry
         */
        void found(int slot, String reason, long linksCounted);
    }

    Walk(FrameReader frames, byte[] uuid, ReferenceCounts counts) {
        this.frames = frames;
        this.uuid = uuid;
        this.counts = counts;
        this.nodePages = new NodePageReader(frames, uuid, counts.frameCount());
    }

    /** Nodes whose links have been counted so far. */
    long nodesDone() {
        return nodesDone.get();
    }

    /**
     * Counts what the chosen root reaches.
     *
     * @param damaged told of each node that does not verify
     */
    void countCurrent(DirectoryTree tree, Damaged damaged) {
        tree.forEachPage(
                ref -> {
                    counts.retain(ref.pfn1());
                    counts.retain(ref.pfn2());
                });
        LeafEntries leaves = tree.leaves();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            long pfn = leaves.pfn(slot);
            if (pfn > 0 && pfn < counts.frameCount()) {
                counts.retain(pfn);
            }
            linksCounted = 0;
            try {
                nodePages.read(pfn, leaves.csum(slot), page);
                countChain(Chain.of(page));
            } catch (StoreException e) {
                damaged.found(slot, e.getMessage(), linksCounted);
            }
            nodesDone.incrementAndGet();
        }
    }

    private void countChain(Chain chain) {
        ChainReader links = new ChainReader(frames, uuid, counts.frameCount(), chain);
        linksCounted = 0;
        while (links.hasNext()) {
            links.next();
            linksCounted++;
            if (counts.retain(links.pfn()) > 0) {
                // a chain that another node has too: the rest of it has been counted
                return;
            }
            reached++;
            int entries = links.entries();
            for (int entry = 0; entry < entries; entry++) {
                reached += counts.retain(links.entryPfn(entry)) == 0 ? 1 : 0;
            }
        }
    }

    /**
     * Counts what only a forced root reaches, to be held until a newer root has been forced. Of an
     * older forced root parts may be overwritten already: what does not verify cannot come back and
     * is passed over.
     */
    void countForced(DirectoryTree tree) {
        tree.forEachPage(
                ref -> {
                    if (counts.count(ref.pfn1()) == 0 && counts.count(ref.pfn2()) == 0) {
                        counts.retain(ref.pfn1());
                        counts.retain(ref.pfn2());
                        held.add(Held.page(ref));
                    }
                });
        LeafEntries leaves = tree.leaves();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            holdNode(leaves.pfn(slot), leaves.csum(slot));
        }
    }

    private void holdNode(long pfn, int csum) {
        try {
            nodePages.read(pfn, csum, page);
        } catch (StoreException e) {
            return;
        }
        if (counts.count(pfn) > 0) {
            return;
        }
        counts.retain(pfn);
        Chain chain = Chain.of(page);
        long before = reached;
        reached++;
        try {
            countChain(chain);
        } catch (StoreException e) {
            LOG.debug("chain of an older forced root is cut off: pfn={} {}", pfn, e.getMessage());
        }
        held.add(Held.node(reached - before, pfn, chain, linksCounted));
    }

    /** What only forced roots reach. */
    List<Held> held() {
        return held;
    }
}
