package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.ReferenceCounts;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.DamagedNodePage;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.Held;
import io.pramd.daemon.node.KeptChain;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.LinkScan;
import io.pramd.daemon.node.LostChain;
import io.pramd.daemon.node.NodePageReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private final List<DamagedNode> damagedNodes = new ArrayList<>();
    private final LinkScan scan;
    private long reached;
    private long linksCounted;

    /** Hears of damaged nodes. */
    @FunctionalInterface
    interface Damaged {
        /**
         * A node of which only this was counted.
         *
         * @param slot of its leaf entry
         */
        void found(int slot, String reason, KeptChain kept);
    }

    /**
     * A node of the chosen root of which something does not verify.
     *
     * @param linksCounted links, from the first, that are counted with their pages
     * @param stream what to look for; empty when nothing says which stream it is
     */
    private record DamagedNode(
            int slot, String reason, long linksCounted, Optional<LostChain> stream) {}

    Walk(FrameReader frames, byte[] uuid, ReferenceCounts counts) {
        this.frames = frames;
        this.uuid = uuid;
        this.counts = counts;
        this.nodePages = new NodePageReader(frames, uuid, counts.frameCount());
        this.scan = new LinkScan(frames, uuid, counts.frameCount());
    }

    /** Nodes whose links have been counted so far. */
    long nodesDone() {
        return nodesDone.get();
    }

    /** Frames that were looked at for links of damaged nodes; 0 when there was no need. */
    long framesScanned() {
        return scan.framesDone();
    }

    /** Counts what the chosen root reaches, of damaged nodes as far as the damage. */
    void countCurrent(DirectoryTree tree) {
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
            countNode(slot, pfn, leaves.csum(slot));
            nodesDone.incrementAndGet();
        }
    }

    private void countNode(int slot, long pfn, int csum) {
        linksCounted = 0;
        try {
            nodePages.read(pfn, csum, page);
        } catch (StoreException e) {
            Optional<LostChain> stream =
                    new DamagedNodePage(frames, uuid, counts.frameCount(), pfn).stream(csum);
            damagedNodes.add(new DamagedNode(slot, e.getMessage(), 0, stream));
            return;
        }
        Chain chain = Chain.of(page);
        try {
            countChain(chain);
        } catch (StoreException e) {
            LostChain stream = LostChain.of(frames, uuid, counts.frameCount(), chain);
            stream.follow();
            damagedNodes.add(
                    new DamagedNode(slot, e.getMessage(), linksCounted, Optional.of(stream)));
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
     * Looks for what damaged nodes have lost, where need be among all frames that nothing has
     * reached, and counts it: behind everything else that is counted, before anything is allocated.
     *
     * @param damaged told of each node that does not verify
     */
    void countLost(Damaged damaged) {
        List<LostChain> trailLost =
                damagedNodes.stream()
                        .flatMap(node -> node.stream().stream())
                        .filter(LostChain::isTrailLost)
                        .toList();
        if (!trailLost.isEmpty()) {
            scan.run(pfn -> counts.count(pfn) == 0, trailLost);
        }
        for (DamagedNode node : damagedNodes) {
            KeptChain found = node.stream().map(LostChain::settle).orElseGet(KeptChain::none);
            damaged.found(node.slot(), node.reason(), keep(found, node.linksCounted()));
        }
    }

    /** Counts the links behind those that are counted already; answers all that are. */
    private KeptChain keep(KeptChain found, long counted) {
        ChainReader links = new ChainReader(frames, uuid, counts.frameCount(), found.chain());
        KeptChain.Builder kept = new KeptChain.Builder(found.chain());
        for (int index = 0; index < found.links(); index++) {
            links.jumpTo(found.position(index), found.pfn(index));
            try {
                links.next();
            } catch (StoreException e) {
                LOG.warn("link does not verify any more: {}", e.getMessage());
                continue;
            }
            kept.add(links.position(), links.pfn(), links.entries());
            if (links.position() >= counted) {
                counts.retain(links.pfn());
                for (int entry = 0; entry < links.entries(); entry++) {
                    counts.retain(links.entryPfn(entry));
                }
            }
        }
        return kept.build();
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
