package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Thread-safe. The pages of a damaged stream, each verified as it is copied out: what does not
 * verify is a hole, and nothing of it is handed out. A batch is good pages or one hole.
 */
final class SalvagedPages implements PageSource {
    private static final Hole LOST = new Hole(0, "no link that verifies names it");

    private final StoreContext context;
    private final KeptChain kept;
    private final ChainReader links;
    private final PageChecksum checksum = new PageChecksum();
    private final ByteBuffer page = MetadataPage.allocate();

    SalvagedPages(StoreContext context, KeptChain kept) {
        this.context = context;
        this.kept = kept;
        this.links =
                new ChainReader(
                        context.memory()::read,
                        context.uuid(),
                        context.memory().frameCount(),
                        kept.chain());
    }

    @Override
    public synchronized PageBatch read(long firstPage, int count, Runnable unpin) {
        byte[] good = new byte[count * FileLayout.FRAME_BYTES];
        long[] table = new long[count];
        int taken = 0;
        Optional<Hole> hole = Optional.empty();
        while (taken < count && hole.isEmpty()) {
            hole = copy(firstPage + taken, good, table, taken);
            taken += hole.isEmpty() ? 1 : 0;
        }
        if (taken == 0 && hole.isPresent()) {
            int pages = hole.get() == LOST ? lostFrom(firstPage, count) : 1;
            return PageBatch.ofHole(firstPage, pages, hole.get(), isEnd(firstPage, pages), unpin);
        }
        MemorySegment run = MemorySegment.ofArray(good).asSlice(0, FileLayout.fileOffset(taken));
        return new PageBatch(
                firstPage,
                Arrays.copyOf(table, taken),
                PageBatch.Frames.ofHeap(taken == 0 ? List.of() : List.of(run)),
                isEnd(firstPage, taken),
                unpin);
    }

    private boolean isEnd(long firstPage, int count) {
        return firstPage < 0 || firstPage + count >= kept.chain().pages();
    }

    /** Copies a page that verifies; else says why there is a hole. */
    private Optional<Hole> copy(long index, byte[] good, long[] table, int at) {
        if (isLost(index)) {
            return Optional.of(LOST);
        }
        int entry = (int) (index % LinkLayout.ENTRIES);
        long pfn = links.entryPfn(entry);
        try {
            context.memory().read(pfn, page);
        } catch (StoreException e) {
            return Optional.of(new Hole(pfn, e.getMessage()));
        }
        int csum = links.entryCsum(entry);
        int sum = checksum.ofPage(page);
        if (sum != csum) {
            return Optional.of(
                    new Hole(
                            pfn,
                            String.format(
                                    "data page does not verify: csum=%08x sum=%08x", csum, sum)));
        }
        page.get(0, good, at * FileLayout.FRAME_BYTES, FileLayout.FRAME_BYTES);
        table[at] = Integer.toUnsignedLong(links.entryFlags(entry)) | (long) csum << Integer.SIZE;
        return Optional.empty();
    }

    /** Makes the link at a position the one read last; false when it is lost. */
    private boolean seek(long position) {
        if (links.position() == position) {
            return true;
        }
        OptionalLong pfn = kept.pfnAt(position);
        if (pfn.isEmpty()) {
            return false;
        }
        links.jumpTo(position, pfn.getAsLong());
        try {
            links.next();
            return true;
        } catch (StoreException e) {
            return false; // it verified when the stream was opened
        }
    }

    private boolean isLost(long index) {
        return !seek(index / LinkLayout.ENTRIES)
                || links.entryPfn((int) (index % LinkLayout.ENTRIES)) == 0;
    }

    /** How many pages, at most so many, have no entry that verifies. */
    private int lostFrom(long firstPage, int count) {
        int lost = 1;
        while (lost < count && isLost(firstPage + lost)) {
            lost++;
        }
        return lost;
    }

    /** A salvage says by itself what is bad, and changes nothing. */
    @Override
    public BadPage recheck(long pageIndex) {
        throw StoreException.ofPage(
                Errno.EINVAL, pageIndex, "a salvage names its bad pages itself: page=" + pageIndex);
    }
}
