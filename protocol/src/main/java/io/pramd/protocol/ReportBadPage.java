package io.pramd.protocol;

/**
 * Immutable: a page of this load did not verify at the loader.
 *
 * @param pageIndex from 0
 */
public record ReportBadPage(long pageIndex) implements Message {
    @Override
    public MessageType type() {
        return MessageType.REPORT_BAD_PAGE;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("pageIndex", pageIndex);
    }

    static ReportBadPage read(PayloadReader in) {
        long pageIndex = in.count("pageIndex");
        return new ReportBadPage(pageIndex);
    }
}
