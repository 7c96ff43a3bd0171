package io.pramd.protocol;

import io.netty.buffer.ByteBuf;

/**
 * Immutable: the layout of a PAGES packet: header, a table of (flags u32, csum u32) per page, then
 * the pages, whole and contiguous. Page data is never copied into a message.
 */
public final class PagesPacket {
    /** From the daemon: the last packet that answers this READ. */
    public static final int LAST = 1;

    /** From the daemon: the range reached the end of the stream. */
    public static final int END = 2;

    private static final int ENTRY_FLAGS_OFFSET = 0;
    private static final int ENTRY_CSUM_OFFSET = ENTRY_FLAGS_OFFSET + Integer.BYTES;

    private PagesPacket() {}

    /** Payload bytes of a packet with so many pages. */
    public static int payloadBytes(int pageCount) {
        return Math.multiplyExact(pageCount, WireLimits.PAGE_WITH_ENTRY_BYTES);
    }

    /** Bytes of the table. */
    public static int tableBytes(int pageCount) {
        return Math.multiplyExact(pageCount, WireLimits.PAGE_ENTRY_BYTES);
    }

    /** Bytes that stand before the page data: header and table. */
    public static int headBytes(int pageCount) {
        return PacketHeader.BYTES + tableBytes(pageCount);
    }

    /** Appends the header; the caller appends one entry and one page per page. */
    public static void writeHeader(ByteBuf out, long id, int flags, int pageCount) {
        PacketHeader.of(MessageType.PAGES, flags, id, payloadBytes(pageCount)).write(out);
    }

    /** Appends one entry of the table. */
    public static void writeEntry(ByteBuf out, int flags, int csum) {
        out.writeIntLE(flags).writeIntLE(csum);
    }

    /** The flags of a page; {@code table} starts at its reader index. */
    public static int entryFlags(ByteBuf table, int index) {
        return table.getIntLE(entryIndex(table, index) + ENTRY_FLAGS_OFFSET);
    }

    /** The CRC32C of a page; {@code table} starts at its reader index. */
    public static int entryCsum(ByteBuf table, int index) {
        return table.getIntLE(entryIndex(table, index) + ENTRY_CSUM_OFFSET);
    }

    private static int entryIndex(ByteBuf table, int index) {
        return table.readerIndex() + index * WireLimits.PAGE_ENTRY_BYTES;
    }
}
