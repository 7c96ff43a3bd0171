package io.pramd.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pramd.protocol.BadPages;
import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One owner, handed from the event loop to the reader: the pages of one packet, each verified as
 * soon as it has come.
 */
final class PageBatch {
    /** Every page verifies. */
    static final int NO_BAD_PAGE = -1;

    private final long firstPage;
    private final int pageCount;
    private final long[] entries;
    private final ByteBuf data;
    private final boolean inPlace;
    private final Optional<BadPages> hole;
    private int verifiedPages;
    private int badPage = NO_BAD_PAGE;

    /**
     * @param entries one number a page: flags in the low half, CRC32C in the high half
     * @param inPlace the data is the loader's own memory, where it wants these pages
     */
    PageBatch(long firstPage, int pageCount, long[] entries, ByteBuf data, boolean inPlace) {
        this.firstPage = firstPage;
        this.pageCount = pageCount;
        this.entries = entries;
        this.data = data;
        this.inPlace = inPlace;
        this.hole = Optional.empty();
    }

    private PageBatch(BadPages bad) {
        firstPage = bad.firstPage();
        data = Unpooled.EMPTY_BUFFER;
        inPlace = false;
        hole = Optional.of(bad);
        pageCount = (int) bad.pageCount();
        entries = new long[0];
    }

    /** Stands for pages that are missing. */
    static PageBatch hole(BadPages bad) {
        return new PageBatch(bad);
    }

    /** What is missing; empty when all is there. */
    Optional<BadPages> hole() {
        return hole;
    }

    boolean isInPlace() {
        return inPlace;
    }

    long firstPage() {
        return firstPage;
    }

    int pageCount() {
        return pageCount;
    }

    int flags(int index) {
        return (int) entries[index];
    }

    /** The sum that came with the page. */
    int csum(int index) {
        return (int) (entries[index] >>> Integer.SIZE);
    }

    /** For another batch, when nobody asks this one any more. */
    long[] entries() {
        return entries;
    }

    /** The page data, from index 0 on. */
    ByteBuf data() {
        return data;
    }

    /** Index within the batch of the first page that does not verify. */
    int badPage() {
        return badPage;
    }

    /** Sums what has come whole, while it is in the processor's cache. */
    void verify(CRC32C crc) {
        int whole = data.writerIndex() / WireLimits.PAGE_BYTES;
        if (whole == verifiedPages) {
            return;
        }
        ByteBuffer pages = data.nioBuffer(0, whole * WireLimits.PAGE_BYTES);
        for (; verifiedPages < whole; verifiedPages++) {
            int start = verifiedPages * WireLimits.PAGE_BYTES;
            crc.reset();
            crc.update(pages.limit(start + WireLimits.PAGE_BYTES).position(start));
            if ((int) crc.getValue() != csum(verifiedPages) && badPage == NO_BAD_PAGE) {
                badPage = verifiedPages;
            }
        }
    }
}
