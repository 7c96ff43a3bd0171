package io.pramd.protocol;

/**
 * Immutable: asks for pages of a load; the loader's credit.
 *
 * @param firstPage index of the first page, from 0
 * @param pageCount how many; the end of the stream may come earlier
 */
public record ReadPages(long firstPage, long pageCount) implements Message {
    @Override
    public MessageType type() {
        return MessageType.READ;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("firstPage", firstPage).u64("pageCount", pageCount);
    }

    static ReadPages read(PayloadReader in) {
        long firstPage = in.count("firstPage");
        long pageCount = in.count("pageCount");
        return new ReadPages(firstPage, pageCount);
    }
}
