package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.FrameSweep;
import io.pramd.daemon.memory.ReferenceCounts;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.DamagedNodePage;
import io.pramd.daemon.node.Held;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.LeafParts;
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
 * One owner. Counts the references that some nodes make; several do so at once, into the same
 * counts. The sums do not depend on who is faster: of two nodes with one chain the first to count
 * its first link counts all of it.
 */
final class NodeCounts {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCounts.class);

    private final Space space;
    private final AtomicLong nodesDone;
    private final FrameSweep pages;
    private final NodePageReader nodePages;
    private final ByteBuffer page = MetadataPage.allocate();
    private final ChainReader links;
    private long reached;
    private long linksCounted;

    /** What is read, and what is counted. */
    record Space(FrameReader frames, byte[] uuid, ReferenceCounts counts) {
        long frameCount() {
            return counts.frameCount();
        }
    }

    /**
     * A node of the chosen root of which something does not verify.
     *
     * @param linksCounted links, from the first, that are counted with their pages
     * @param stream what to look for; empty when nothing says which stream it is
     */
    record Damage(int slot, String reason, long linksCounted, Optional<LostChain> stream) {}

    NodeCounts(Space space, AtomicLong nodesDone) {
        this.space = space;
        this.nodesDone = nodesDone;
        pages = new FrameSweep(space.frames());
        nodePages = new NodePageReader(pages, space.uuid(), space.frameCount());
        links = new ChainReader(pages, space.uuid(), space.frameCount(), new Chain(0, 0, 0));
    }

    /**
     * Counts what nodes of the chosen root reach, of damaged ones as far as the damage; those are
     * answered in the order of the slots.
     */
    List<Damage> count(LeafEntries leaves, int[] slots) {
        long[] pfns = leaves.pfns(slots);
        Damage[] damaged = new Damage[slots.length];
        Chain[] chains = new Chain[slots.length];
        long[] firstLinks = new long[slots.length];
        pages.expect(pfns);
        for (int i : LeafParts.inFileOrder(pfns)) {
            if (pfns[i] > 0 && pfns[i] < space.frameCount()) {
                space.counts().retain(pfns[i]);
            }
            int csum = leaves.csum(slots[i]);
            try {
                nodePages.read(pfns[i], csum, page);
                chains[i] = Chain.of(page);
                firstLinks[i] = chains[i].firstLinkPfn();
            } catch (StoreException e) {
                damaged[i] = new Damage(slots[i], e.getMessage(), 0, lost(pfns[i], csum));
            }
        }
        // most chains are one link, and many of those are neighbours
        pages.expect(firstLinks);
        for (int i : LeafParts.inFileOrder(firstLinks)) {
            if (chains[i] != null) {
                damaged[i] = count(slots[i], chains[i]);
            }
            nodesDone.incrementAndGet();
        }
        List<Damage> found = new ArrayList<>();
        for (Damage damage : damaged) {
            if (damage != null) {
                found.add(damage);
            }
        }
        return found;
    }

    private Optional<LostChain> lost(long pfn, int csum) {
        return new DamagedNodePage(space.frames(), space.uuid(), space.frameCount(), pfn)
                .stream(csum);
    }

    /** Answers what is wrong, or null. */
    private Damage count(int slot, Chain chain) {
        try {
            count(chain);
            return null;
        } catch (StoreException e) {
            LostChain stream =
                    LostChain.of(space.frames(), space.uuid(), space.frameCount(), chain);
            stream.follow();
            return new Damage(slot, e.getMessage(), linksCounted, Optional.of(stream));
        }
    }

    private void count(Chain chain) {
        links.begin(chain);
        linksCounted = 0;
        while (links.hasNext()) {
            links.next();
            linksCounted++;
            if (links.hasFrame()) {
                if (space.counts().retain(links.pfn()) > 0) {
                    // a chain that another node has too: the rest of it has been counted
                    return;
                }
                reached++;
            }
            countEntries();
        }
    }

    /** Pages that lie side by side are counted in few steps. */
    private void countEntries() {
        int entries = links.entries();
        int entry = 0;
        while (entry < entries) {
            long begin = links.entryPfn(entry);
            int run = 1;
            while (entry + run < entries && links.entryPfn(entry + run) == begin + run) {
                run++;
            }
            reached += space.counts().retainRun(begin, run);
            entry += run;
        }
    }

    /**
     * Counts what only a forced root reaches; empty when it verifies not, or is counted.
     *
     * @param isPartHeld whether a node is held as far as its chain verifies, not only as a whole
     */
    Optional<Held> hold(long pfn, int csum, boolean isPartHeld) {
        try {
            nodePages.read(pfn, csum, page);
        } catch (StoreException e) {
            return Optional.empty();
        }
        if (space.counts().count(pfn) > 0) {
            return Optional.empty();
        }
        Chain chain = Chain.of(page);
        if (!isPartHeld && isUsedAgain(chain)) {
            // with a reference to a frame of another node that one's drop would free nothing
            return Optional.empty();
        }
        space.counts().retain(pfn);
        long before = reached;
        reached++;
        try {
            count(chain);
        } catch (StoreException e) {
            LOG.debug("chain of a forced root is cut off: pfn={} {}", pfn, e.getMessage());
        }
        return Optional.of(Held.node(reached - before, pfn, chain, linksCounted));
    }

    /** Whether a link is not there any more, or a page is counted as another node's. */
    private boolean isUsedAgain(Chain chain) {
        links.begin(chain);
        try {
            while (links.hasNext()) {
                links.next();
                if (links.hasFrame() && space.counts().count(links.pfn()) > 0) {
                    return false; // a chain that another node has too
                }
                if (hasCountedEntry()) {
                    return true;
                }
            }
            return false;
        } catch (StoreException e) {
            LOG.trace("link does not verify any more: {}", e.getMessage());
            return true;
        }
    }

    private boolean hasCountedEntry() {
        for (int entry = 0; entry < links.entries(); entry++) {
            if (space.counts().count(links.entryPfn(entry)) > 0) {
                return true;
            }
        }
        return false;
    }
}
