package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.FrameSweep;
import io.pramd.daemon.memory.ShortTurns;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.DamagedNodePage;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.DroppedFrames;
import io.pramd.daemon.node.KeptChain;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.LeafParts;
import io.pramd.daemon.node.LostChain;
import io.pramd.daemon.node.NodePageReader;
import io.pramd.daemon.node.QuarantinedNode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One owner. Claims the frames that a root reaches, each for the first that reaches it, and notes
 * the nodes. Reads metadata only: its time grows with nodes and links, not with bytes.
 */
final class SurveyWalk {
    private final ShortTurns turns = new ShortTurns();
    private final FrameReader frames;
    private final byte[] uuid;
    private final FrameCells cells;
    private final BooleanSupplier isStopped;
    private final FrameSweep pages;
    private final NodePageReader nodePages;
    private final ByteBuffer page = MetadataPage.allocate();
    private final ChainReader links;
    private NodeRows rows;
    private Map<Long, QuarantinedNode> quarantined = Map.of();
    private int nextRow;
    private boolean isIncomplete;

    /** The survey is not wanted any more. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("the survey was stopped", null, false, false);
        }
    }

    /** Whom frames are claimed for, and as what. */
    private record Claim(FrameUse link, FrameUse data, int owner) {}

    SurveyWalk(FrameReader frames, byte[] uuid, FrameCells cells, BooleanSupplier isStopped) {
        this.frames = frames;
        this.uuid = uuid;
        this.cells = cells;
        this.isStopped = isStopped;
        pages = new FrameSweep(frames);
        nodePages = new NodePageReader(pages, uuid, cells.frameCount());
        links = new ChainReader(pages, uuid, cells.frameCount(), new Chain(0, 0, 0));
    }

    /** Whether something is damaged of which not all frames could be found. */
    boolean isIncomplete() {
        return isIncomplete;
    }

    /** Claims the pages of the directory. */
    void directory(DirectoryTree tree) {
        tree.forEachPage(
                ref -> {
                    cells.claim(ref.pfn1(), 1, FrameUse.DIRECTORY, FrameCells.NO_OWNER);
                    cells.claim(ref.pfn2(), 1, FrameUse.DIRECTORY, FrameCells.NO_OWNER);
                });
    }

    /**
     * Claims what the nodes reach.
     *
     * @param found is given them
     */
    void nodes(LeafEntries leaves, List<QuarantinedNode> known, NodeRows found) {
        rows = found;
        quarantined =
                known.stream()
                        .collect(
                                Collectors.toMap(
                                        QuarantinedNode::pfn,
                                        Function.identity(),
                                        (one, other) -> one));
        new LeafParts(leaves, 1).forEach(slots -> part(leaves, slots), row -> nextRow = row);
    }

    /** Answers the row behind this part. */
    private int part(LeafEntries leaves, int[] slots) {
        requireWanted();
        long[] pfns = leaves.pfns(slots);
        Chain[] chains = new Chain[slots.length];
        int[] owners = new int[slots.length];
        long[] firstLinks = new long[slots.length];
        pages.expect(pfns);
        for (int i : LeafParts.inFileOrder(pfns)) {
            turns.step();
            int row = nextRow + i;
            try {
                nodePages.read(pfns[i], leaves.csum(slots[i]), page);
                chains[i] = Chain.of(page);
                firstLinks[i] = chains[i].firstLinkPfn();
                owners[i] = owner(row, NodeLayout.sequence(page));
                if (row < rows.count()) {
                    rows.set(row, slots[i], pfns[i], page);
                }
            } catch (StoreException e) {
                damaged(row, slots[i], pfns[i], leaves.csum(slots[i]));
            }
        }
        pages.expect(firstLinks);
        for (int i : LeafParts.inFileOrder(firstLinks)) {
            turns.step();
            if (chains[i] != null) {
                whole(pfns[i], chains[i], owners[i], nextRow + i);
            }
        }
        return nextRow + slots.length;
    }

    private int owner(int row, long sequence) {
        return row < rows.count() ? row + 1 : FrameOwners.withoutRow(sequence);
    }

    private void whole(long pfn, Chain chain, int owner, int row) {
        QuarantinedNode damage = quarantined.get(pfn);
        Claim claim = damage == null ? data(owner) : all(FrameUse.QUARANTINED, owner);
        claimNodePage(pfn, damage == null ? FrameUse.NODE : FrameUse.QUARANTINED, owner);
        if (damage != null && damage.node().kept() != null) {
            claimKept(damage.node().kept(), claim);
            setFrames(row, 1 + damage.node().kept().frames());
            return;
        }
        if (!claimChain(chain, claim)) {
            LostChain stream = LostChain.of(frames, uuid, cells.frameCount(), chain);
            stream.follow();
            setFrames(row, 1 + claimLost(stream, claim));
        }
    }

    /** Of a node whose page does not verify what else is known, or can be found near by. */
    private void damaged(int row, int slot, long pfn, int csum) {
        QuarantinedNode damage = quarantined.get(pfn);
        long sequence = damage == null ? 0 : Math.max(damage.node().sequence(), 0);
        int owner = owner(row, sequence);
        if (row < rows.count()) {
            rows.setDamaged(row, slot, pfn, sequence, damage == null ? "" : damage.name());
        }
        FrameUse use = damage == null ? FrameUse.NODE : FrameUse.QUARANTINED;
        if (pfn > 0 && pfn < cells.frameCount() && !FileLayout.isFixed(pfn)) {
            claimNodePage(pfn, use, owner);
        }
        Claim claim = damage == null ? data(owner) : all(FrameUse.QUARANTINED, owner);
        if (damage != null && damage.node().kept() != null) {
            claimKept(damage.node().kept(), claim);
            setFrames(row, 1 + damage.node().kept().frames());
            return;
        }
        Optional<LostChain> stream =
                new DamagedNodePage(frames, uuid, cells.frameCount(), pfn).stream(csum);
        isIncomplete |= stream.isEmpty();
        stream.ifPresent(found -> setFrames(row, 1 + claimLost(found, claim)));
    }

    private static Claim data(int owner) {
        return new Claim(FrameUse.LINK, FrameUse.DATA, owner);
    }

    private static Claim all(FrameUse use, int owner) {
        return new Claim(use, use, owner);
    }

    private void claimNodePage(long pfn, FrameUse use, int owner) {
        cells.claim(pfn, 1, use, owner);
    }

    private void setFrames(int row, long found) {
        if (row < rows.count()) {
            rows.setFrames(row, found);
        }
    }

    /** Claims what is dropped and not free, as far as it is still there. */
    void dropped(List<DroppedFrames> all) {
        for (DroppedFrames each : all) {
            requireWanted();
            Claim claim = all(each.isRead() ? FrameUse.READ : FrameUse.HELD, FrameCells.NO_OWNER);
            if (each.page() != null) {
                cells.claim(each.page().pfn1(), 1, claim.data(), claim.owner());
                cells.claim(each.page().pfn2(), 1, claim.data(), claim.owner());
                continue;
            }
            if (each.nodePfn() > 0 && each.nodePfn() < cells.frameCount()) {
                claimNodePage(each.nodePfn(), claim.data(), claim.owner());
            }
            if (each.kept() != null) {
                claimKept(each.kept(), claim);
            } else {
                claimChain(each.chain(), claim);
            }
        }
    }

    /** Answers whether all of it verifies. */
    private boolean claimChain(Chain chain, Claim claim) {
        links.begin(chain);
        try {
            while (links.hasNext()) {
                turns.step();
                links.next();
                requireWanted();
                if (!claimLink(claim)) {
                    return true; // a chain that another node has too
                }
            }
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    private long claimLost(LostChain stream, Claim claim) {
        KeptChain found = stream.settle();
        isIncomplete |= stream.isTrailLost() || found.pages() < found.chain().pages();
        claimKept(found, claim);
        return found.frames();
    }

    private void claimKept(KeptChain kept, Claim claim) {
        links.begin(kept.chain());
        for (int index = 0; index < kept.links(); index++) {
            links.jumpTo(kept.position(index), kept.pfn(index));
            try {
                links.next();
                claimLink(claim);
            } catch (StoreException e) {
                isIncomplete = true;
            }
        }
    }

    /** Answers whether the link was nobody's. */
    private boolean claimLink(Claim claim) {
        if (links.hasFrame() && cells.claim(links.pfn(), 1, claim.link(), claim.owner()) == 0) {
            return false;
        }
        int entries = links.entries();
        int entry = 0;
        while (entry < entries) {
            long begin = links.entryPfn(entry);
            int run = 1;
            while (entry + run < entries && links.entryPfn(entry + run) == begin + run) {
                run++;
            }
            if (begin != 0) { // of a damaged node page an entry may be lost
                cells.claim(begin, run, claim.data(), claim.owner());
            }
            entry += run;
        }
        return true;
    }

    private void requireWanted() {
        if (isStopped.getAsBoolean()) {
            throw new Stopped();
        }
    }
}
