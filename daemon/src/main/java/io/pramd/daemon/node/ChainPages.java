package io.pramd.daemon.node;

import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.Extent;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.PageBatch.Frames;
import io.pramd.protocol.Errno;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Thread-safe. The pages of a whole stream, handed out as they are mapped: the loader verifies
 * them. A link that does not verify ends it, and has the node quarantined.
 */
final class ChainPages implements PageSource {
    /** As many as one load has between the store and the socket. */
    private static final int SPARE_TABLES_MAX = 2;

    /** So few pages cost less to be copied than to be asked for and sent from where they are. */
    private static final int COPIED_PAGES_MAX = 4;

    private final StoreContext context;
    private final long pages;
    private final boolean isInlined;
    private final Consumer<String> quarantine;
    // this, the places of links and the spare tables are guarded by its monitor
    private final ChainReader chain;
    // where each link known so far is, by position: going back needs no walk from the start
    private long[] linkPfns = new long[1];
    private int linksKnown;
    // of released batches, for those to come: a stream allocates nothing for each of its pages
    private final Deque<long[]> spareTables = new ArrayDeque<>(SPARE_TABLES_MAX);

    ChainPages(StoreContext context, Chain chain, Consumer<String> quarantine) {
        this.context = context;
        this.pages = chain.pages();
        this.isInlined = chain.isInlined();
        this.quarantine = quarantine;
        this.chain =
                new ChainReader(
                        context.memory()::read,
                        context.uuid(),
                        context.memory().frameCount(),
                        chain);
        if (chain.links() > 0) {
            linkPfns[0] = chain.firstLinkPfn();
            linksKnown = 1;
        }
    }

    @Override
    public PageBatch read(long firstPage, int count, Runnable unpin) {
        long[] table;
        List<Extent> extents;
        synchronized (chain) { // a report may be walking it at the same time
            table = takeTable(count);
            extents = readEntries(firstPage, table);
        }
        return batch(firstPage, table, inPlace(map(firstPage, extents), false), unpin);
    }

    @Override
    public PageBatch readAtOnce(long firstPage, int count, Runnable unpin) {
        long[] table;
        List<Extent> extents;
        synchronized (chain) {
            if (firstPage < 0 || count == 0 || !areLinksAtHand(firstPage, count)) {
                return null;
            }
            table = takeTable(count);
            extents = readEntries(firstPage, table);
        }
        boolean isCopied = count <= COPIED_PAGES_MAX && areCopyableAtOnce(extents);
        List<MemorySegment> runs = new ArrayList<>(extents.size());
        for (Extent extent : extents) {
            if (!isCopied && !context.memory().isReadableAtOnce(extent.pfn(), extent.frames())) {
                giveBack(table);
                return null;
            }
            runs.add(context.memory().frames(extent.pfn(), extent.frames()));
        }
        return batch(firstPage, table, inPlace(runs, isCopied), unpin);
    }

    private Frames inPlace(List<MemorySegment> runs, boolean isCopied) {
        return new Frames(runs, Optional.of(context.memory()), isCopied);
    }

    private boolean areCopyableAtOnce(List<Extent> extents) {
        for (Extent extent : extents) {
            if (!context.memory().isCopyableAtOnce(extent.pfn(), extent.frames())) {
                return false;
            }
        }
        return true;
    }

    private boolean areLinksAtHand(long firstPage, int count) {
        long last = (firstPage + count - 1) / LinkLayout.ENTRIES;
        for (long position = firstPage / LinkLayout.ENTRIES; position <= last; position++) {
            boolean isAtHand =
                    isInlined
                            || position == chain.position()
                            || position < linksKnown
                                    && context.memory()
                                            .isReadableAtOnce(linkPfns[(int) position], 1);
            if (!isAtHand) {
                return false;
            }
        }
        return true;
    }

    private PageBatch batch(long firstPage, long[] table, Frames frames, Runnable unpin) {
        Runnable released =
                () -> {
                    giveBack(table);
                    unpin.run();
                };
        boolean isEnd = firstPage < 0 || firstPage + table.length >= pages;
        return new PageBatch(firstPage, table, frames, isEnd, released);
    }

    private long[] takeTable(int count) {
        long[] spare = spareTables.poll();
        return spare != null && spare.length == count ? spare : new long[count];
    }

    private void giveBack(long[] table) {
        synchronized (chain) {
            if (spareTables.size() < SPARE_TABLES_MAX) {
                spareTables.add(table);
            }
        }
    }

    /** Fills the table; answers the runs of adjacent frames. */
    private List<Extent> readEntries(long firstPage, long[] table) {
        List<Extent> extents = new ArrayList<>();
        long begin = 0;
        int frames = 0;
        for (int i = 0; i < table.length; i++) {
            int entry = seek(firstPage + i);
            table[i] =
                    Integer.toUnsignedLong(chain.entryFlags(entry))
                            | (long) chain.entryCsum(entry) << Integer.SIZE;
            long pfn = chain.entryPfn(entry);
            if (frames > 0 && pfn != begin + frames) {
                extents.add(new Extent(begin, frames));
                frames = 0;
            }
            if (frames == 0) {
                begin = pfn;
            }
            frames++;
        }
        if (frames > 0) {
            extents.add(new Extent(begin, frames));
        }
        return extents;
    }

    /** Makes the link of a page the chain's last read one; answers the page's entry in it. */
    private int seek(long page) {
        long position = page / LinkLayout.ENTRIES;
        if (chain.position() != position) {
            int from = (int) Math.min(position, linksKnown - 1);
            chain.jumpTo(from, linkPfns[from]);
            while (chain.position() != position) {
                nextLink();
            }
        }
        return (int) (page % LinkLayout.ENTRIES);
    }

    private void nextLink() {
        try {
            chain.next();
        } catch (StoreException e) {
            quarantine.accept(e.getMessage());
            throw e;
        }
        if (chain.hasNext() && chain.position() + 1 == linksKnown) {
            if (linksKnown == linkPfns.length) {
                linkPfns = Arrays.copyOf(linkPfns, linksKnown * 2);
            }
            linkPfns[linksKnown++] = chain.nextPfn();
        }
    }

    private List<MemorySegment> map(long firstPage, List<Extent> extents) {
        List<MemorySegment> runs = new ArrayList<>(extents.size());
        long page = firstPage;
        for (Extent extent : extents) {
            populate(page, extent.pfn(), extent.frames());
            runs.add(context.memory().frames(extent.pfn(), extent.frames()));
            page += extent.frames();
        }
        return runs;
    }

    private void populate(long page, long pfn, int frames) {
        try {
            context.memory().populateForRead(pfn, frames);
        } catch (StoreException e) {
            ByteBuffer scratch = MetadataPage.allocate();
            for (int i = 0; i < frames; i++) {
                readOrQuarantine(page + i, pfn + i, scratch);
            }
            // it is there again
            throw StoreException.ofPage(Errno.EIO, page, e.getMessage());
        }
    }

    /** A page that cannot be read is as damaged as one that does not verify. */
    private void readOrQuarantine(long pageIndex, long pfn, ByteBuffer page) {
        try {
            context.memory().read(pfn, page);
        } catch (StoreException e) {
            quarantine.accept("data page cannot be read: page=" + pageIndex + " " + e.getMessage());
            throw StoreException.ofPage(Errno.EIO, pageIndex, e.getMessage());
        }
    }

    @Override
    public BadPage recheck(long pageIndex) {
        int stored;
        long pfn;
        synchronized (chain) {
            int entry = seek(pageIndex);
            stored = chain.entryCsum(entry);
            pfn = chain.entryPfn(entry);
        }
        ByteBuffer page = MetadataPage.allocate();
        readOrQuarantine(pageIndex, pfn, page);
        int actual = new PageChecksum().ofPage(page);
        if (stored != actual) {
            quarantine.accept(
                    String.format(
                            "data page does not verify: page=%d pfn=%d csum=%08x sum=%08x",
                            pageIndex, pfn, stored, actual));
        }
        return new BadPage(stored != actual, stored, actual);
    }
}
