package io.pramd.daemon.recovery;

import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.ReferenceCounts;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.Held;
import io.pramd.daemon.node.KeptChain;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.LeafParts;
import io.pramd.daemon.node.LinkScan;
import io.pramd.daemon.node.LostChain;
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
    private final int threads;
    private final NodeCounts.Space space;
    private final List<Held> held = new ArrayList<>();
    private final AtomicLong nodesDone = new AtomicLong();
    private final List<NodeCounts.Damage> damagedNodes = new ArrayList<>();
    private final LinkScan scan;

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
     * @param threads that count what the chosen root reaches
     */
    Walk(FrameReader frames, byte[] uuid, ReferenceCounts counts, int threads) {
        this.frames = frames;
        this.uuid = uuid;
        this.counts = counts;
        this.threads = threads;
        this.space = new NodeCounts.Space(frames, uuid, counts);
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
        LeafParts parts = new LeafParts(tree.leaves(), threads);
        parts.forEach(
                slots -> new NodeCounts(space, nodesDone).count(tree.leaves(), slots),
                damagedNodes::addAll);
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
        for (NodeCounts.Damage node : damagedNodes) {
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
                LOG.trace("link does not verify any more: {}", e.getMessage());
                continue;
            }
            kept.add(links.position(), links.pfn(), links.entriesFound());
            if (links.position() >= counted) {
                retain(links);
            }
        }
        return kept.build();
    }

    private void retain(ChainReader links) {
        if (links.hasFrame()) {
            counts.retain(links.pfn());
        }
        for (int entry = 0; entry < links.entries(); entry++) {
            if (links.entryPfn(entry) != 0) {
                counts.retain(links.entryPfn(entry));
            }
        }
    }

    /**
     * Counts what only a forced root reaches, to be held until a newer root has been forced. Of an
     * older forced root parts may have been used again already: what does not verify, or is another
     * node's by now, cannot come back and is passed over.
     *
     * @param isNewest of the forced roots; it is counted before the older one
     */
    void countForced(DirectoryTree tree, boolean isNewest) {
        tree.forEachPage(
                ref -> {
                    if (counts.count(ref.pfn1()) == 0 && counts.count(ref.pfn2()) == 0) {
                        counts.retain(ref.pfn1());
                        counts.retain(ref.pfn2());
                        held.add(Held.page(ref));
                    }
                });
        NodeCounts nodes = new NodeCounts(space, nodesDone);
        LeafEntries leaves = tree.leaves();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            nodes.hold(leaves.pfn(slot), leaves.csum(slot), isNewest).ifPresent(held::add);
        }
    }

    /** What only forced roots reach. */
    List<Held> held() {
        return held;
    }
}
