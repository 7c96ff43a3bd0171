package io.pramd.protocol;

/**
 * Immutable: says, in the middle of what answers a READ of a salvage, that pages are missing which
 * the stream has had.
 *
 * @param firstPage index of the first one
 * @param pageCount how many in a row, at least one
 * @param pfn frame of the one page, which does not verify; 0 when it is not known where they are
 * @param reason for people; cut to 1024 bytes
 */
public record BadPages(long firstPage, long pageCount, long pfn, String reason) implements Message {
    public BadPages {
        reason = PayloadWriter.cut(reason, WireLimits.RECORD_TEXT_BYTES_MAX);
    }

    @Override
    public MessageType type() {
        return MessageType.BAD_PAGES;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("firstPage", firstPage)
                .u64("pageCount", pageCount)
                .u64("pfn", pfn)
                .str("reason", reason);
    }

    static BadPages read(PayloadReader in) {
        long firstPage = in.count("firstPage");
        long pageCount = in.count("pageCount");
        long pfn = in.count("pfn");
        String reason = in.str("reason", WireLimits.RECORD_TEXT_BYTES_MAX);
        return new BadPages(firstPage, pageCount, pfn, reason);
    }
}
