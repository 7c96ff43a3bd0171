package io.pramd.protocol;

import io.netty.buffer.ByteBuf;

/**
 * Event loop only: takes the page data of one PAGES packet, either received by the kernel straight
 * into a window, or copied out of a small buffer.
 */
public interface PageSink {
    /**
     * The place for the next bytes. The reader releases it after one receive, whether anything was
     * received or not, so each call returns a fresh buffer or a retained one.
     *
     * @param bytesLeft page data of the packet that has not come yet, 16 KiB at least
     * @return a direct buffer with writer index 0 and a capacity of at most {@code bytesLeft}:
     *     exactly what may be written. Null: no place yet (or none for direct receiving); the next
     *     bytes are offered to {@link #copy}.
     */
    ByteBuf window(int bytesLeft);

    /** The kernel has written so many bytes to the beginning of the last window. */
    void received(int bytes);

    /**
     * Takes bytes that came through a small buffer, moving its reader index.
     *
     * @param in the sink's until the call returns; may hold bytes behind {@code bytesMax}, which
     *     are not page data of this packet
     * @param bytesMax at most so many
     * @return how many were taken; 0 when there is no place: reading pauses until {@link
     *     PacketReader#resume()}
     */
    int copy(ByteBuf in, int bytesMax);

    /** All page data of the packet is in place. */
    void complete();
}
