package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.Extent;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.KeptChain;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.SeenNode;
import io.pramd.daemon.node.State;
import io.pramd.daemon.recovery.NodeDetail.PageSeen;
import io.pramd.daemon.recovery.NodeLook.PageRange;
import io.pramd.daemon.recovery.NodeLook.Place;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One owner. Goes once through the chain of a node, for who looks at it. */
final class ChainLook {
    /** Links that are read at most: of 256 GiB. */
    private static final long LINKS_READ_MAX = 1L << 18;

    private final MappedMemory memory;
    private final Chain chain;
    private final KeptChain kept; // null: all of the chain
    private final ChainReader links;
    private final ByteBuffer data = MetadataPage.allocate();
    private final PageChecksum checksum = new PageChecksum();
    private final List<Long> linkPfns = new ArrayList<>();
    private final List<Extent> extents = new ArrayList<>();
    private final List<PageSeen> pages = new ArrayList<>();
    private final List<Long> badPages = new ArrayList<>();
    private long runs;
    private long runBegin;
    private int run;

    ChainLook(MappedMemory memory, byte[] uuid, Chain chain, KeptChain kept) {
        this.memory = memory;
        this.chain = chain;
        this.kept = kept;
        links = new ChainReader(memory, uuid, memory.frameCount(), chain);
    }

    /**
     * All that can be told.
     *
     * @throws StoreException EIO when a node that is not quarantined does not verify
     */
    NodeDetail look(NodeInfo info, SeenNode node, PageRange range) {
        boolean isDamaged = info.state() == State.QUARANTINED;
        long count = Math.min(chain.links(), LINKS_READ_MAX);
        for (long position = 0; position < count; position++) {
            if (goTo(position, isDamaged)) {
                add(range, isDamaged);
            } else {
                lost(position, range);
            }
        }
        endRun();
        long frames = 1 + (kept == null ? chain.linkFrames() + chain.pages() : kept.frames());
        return new NodeDetail(
                NodeRow.of(info, frames, node.isRead(), node.isReplacing()),
                info,
                chain.firstLinkPfn(),
                chain.linkFrames(),
                linkPfns,
                extents,
                runs,
                count == chain.links(),
                pages,
                badPages);
    }

    /** Reads a link; answers whether it is there. */
    private boolean goTo(long position, boolean mayBeDamaged) {
        if (kept != null) {
            OptionalLong pfn = kept.pfnAt(position);
            if (pfn.isEmpty()) {
                return false;
            }
            links.jumpTo(position, pfn.getAsLong());
        }
        try {
            links.next();
            return true;
        } catch (StoreException e) {
            if (mayBeDamaged) {
                return false;
            }
            throw e;
        }
    }

    private void add(PageRange range, boolean isDamaged) {
        if (links.hasFrame() && linkPfns.size() < NodeDetail.LINKS_MAX) {
            linkPfns.add(links.pfn());
        }
        long first = links.position() * LinkLayout.ENTRIES;
        for (int entry = 0; entry < links.entries(); entry++) {
            long pfn = links.entryPfn(entry);
            addToRun(pfn);
            if (range.has(first + entry)) {
                addPage(
                        new PageSeen(
                                first + entry,
                                pfn,
                                links.entryCsum(entry),
                                links.entryFlags(entry)),
                        isDamaged);
            }
        }
    }

    private void addPage(PageSeen page, boolean isDamaged) {
        if (page.pfn() != 0) {
            pages.add(page);
        }
        if (isDamaged && !verifies(page)) {
            badPages.add(page.page());
        }
    }

    private boolean verifies(PageSeen page) {
        if (page.pfn() == 0) {
            return false;
        }
        try {
            memory.read(page.pfn(), data);
            return checksum.ofPage(data) == page.csum();
        } catch (StoreException e) {
            return false;
        }
    }

    private void lost(long position, PageRange range) {
        long first = position * LinkLayout.ENTRIES;
        long end = Math.min(first + LinkLayout.ENTRIES, chain.pages());
        for (long page = Math.max(first, range.first()); page < end && range.has(page); page++) {
            badPages.add(page);
        }
    }

    private void addToRun(long pfn) {
        if (run > 0 && pfn == runBegin + run) {
            run++;
            return;
        }
        endRun();
        runBegin = pfn;
        run = pfn == 0 ? 0 : 1;
    }

    private void endRun() {
        if (run > 0) {
            runs++;
            if (extents.size() < NodeDetail.EXTENTS_MAX) {
                extents.add(new Extent(runBegin, run));
            }
        }
        run = 0;
    }

    /** Where the chain names a frame. */
    Optional<Place> find(long pfn) {
        long count = Math.min(chain.links(), LINKS_READ_MAX);
        for (long position = 0; position < count; position++) {
            if (!goTo(position, kept != null)) {
                continue;
            }
            if (links.hasFrame() && links.pfn() == pfn) {
                return Optional.of(
                        new Place("link", OptionalLong.empty(), OptionalLong.of(position)));
            }
            for (int entry = 0; entry < links.entries(); entry++) {
                if (links.entryPfn(entry) == pfn) {
                    long page = position * LinkLayout.ENTRIES + entry;
                    return Optional.of(
                            new Place("data", OptionalLong.of(page), OptionalLong.empty()));
                }
            }
        }
        return Optional.empty();
    }
}
