package io.pramd.daemon.node;

import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.protocol.Errno;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Thread-safe. The pages of a whole stream, handed out as they are mapped: the loader verifies
 * them. A link that does not verify ends it, and has the node quarantined.
 */
final class ChainPages implements PageSource {
    private final StoreContext context;
    private final long pages;
    private final Consumer<String> quarantine;
    private final ChainReader chain; // and the places of links: guarded by its own monitor
    // where each link known so far is, by position: going back needs no walk from the start
    private long[] linkPfns = new long[16];
    private int linksKnown;

    ChainPages(StoreContext context, Chain chain, Consumer<String> quarantine) {
        this.context = context;
        this.pages = chain.pages();
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
        long[] table = new long[count];
        long[] pfns = new long[count];
        synchronized (chain) { // a report may be walking it at the same time
            for (int i = 0; i < count; i++) {
                int entry = seek(firstPage + i);
                table[i] =
                        Integer.toUnsignedLong(chain.entryFlags(entry))
                                | (long) chain.entryCsum(entry) << Integer.SIZE;
                pfns[i] = chain.entryPfn(entry);
            }
        }
        List<MemorySegment> runs = runsOf(firstPage, pfns);
        return new PageBatch(
                firstPage, table, runs, firstPage < 0 || firstPage + count >= pages, unpin);
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

    private List<MemorySegment> runsOf(long firstPage, long[] pfns) {
        List<MemorySegment> runs = new ArrayList<>();
        int begin = 0;
        for (int i = 1; i <= pfns.length; i++) {
            if (i == pfns.length || pfns[i] != pfns[begin] + (i - begin)) {
                populate(firstPage + begin, pfns[begin], i - begin);
                runs.add(context.memory().frames(pfns[begin], i - begin));
                begin = i;
            }
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
