package io.pramd.protocol;

import io.netty.buffer.ByteBuf;

/**
 * Event loop only: takes the packets that a {@link PacketReader} cuts out of a connection. Buffers
 * handed over are the reader's and valid during the call only, unless retained. A {@link
 * DecodeException} thrown by {@link #onPacket} or {@link #onPages} comes back as {@link
 * #onUnreadable}; any other exception ends the reading for good and goes on to {@code
 * exceptionCaught}.
 */
public interface PacketSink {
    /** What becomes of a packet whose header has been read. */
    enum Verdict {
        /** Read it. */
        ACCEPT,
        /** Drop its payload as it comes; nothing more is said about it. */
        SKIP,
        /**
         * Reading pauses here. After {@link PacketReader#resume()} the same header is asked about
         * again.
         */
        WAIT,
        /**
         * Read nothing more from this connection: all further bytes are dropped. The sink closes it
         * when it likes.
         */
        STOP
    }

    /** The first eight bytes of the connection, which are not the preface. Nothing more is read. */
    void onNotPreface(ByteBuf firstBytes);

    /**
     * A header within the limits. Its type may be unknown, or reserved, or no business of this
     * side.
     */
    Verdict onHeader(PacketHeader header);

    /** A whole packet that is not PAGES. */
    void onPacket(PacketHeader header, ByteBuf payload);

    /**
     * The table of a PAGES packet.
     *
     * @param pageCount 0 to 512
     * @param table eight bytes a page, see {@link PagesPacket}
     * @return where the page data goes; null drops the rest of the packet
     */
    PageSink onPages(PacketHeader header, int pageCount, ByteBuf table);

    /**
     * A packet that breaks the protocol. What is left of it is skipped and the connection goes on,
     * unless {@link DecodeException#isClosing()}: then nothing more is read.
     */
    void onUnreadable(PacketHeader header, DecodeException e);
}
