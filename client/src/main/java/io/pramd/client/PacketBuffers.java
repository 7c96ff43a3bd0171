package io.pramd.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pramd.protocol.PagesPacket;
import io.pramd.protocol.WireLimits;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Thread-safe: direct buffers, each for one packet of bulk data; a few are kept for the next
 * stream.
 */
final class PacketBuffers {
    /** Pages in a packet of bulk data: 1 MiB. */
    static final int PAGES = 256;

    /** Bytes kept free before the page data for header and table. */
    static final int HEAD_BYTES = PagesPacket.headBytes(PAGES);

    private static final int DATA_BYTES = PAGES * WireLimits.PAGE_BYTES;
    private static final int SMALL_PAGES = 4;
    private static final int KEPT_MAX = 8;

    private final ArrayBlockingQueue<ByteBuf> kept = new ArrayBlockingQueue<>(KEPT_MAX);
    private volatile boolean closed;

    /** An empty buffer with room for head and page data of a full packet; to be given back. */
    ByteBuf take() {
        ByteBuf buffer = kept.poll();
        return buffer != null ? buffer.clear() : Unpooled.directBuffer(HEAD_BYTES + DATA_BYTES);
    }

    /** An empty buffer for so many pages, small where they are few; to be given back. */
    ByteBuf take(int pages) {
        if (pages <= SMALL_PAGES || pages > PAGES) {
            return Unpooled.directBuffer(pages * WireLimits.PAGE_BYTES);
        }
        return take();
    }

    /** Takes over the caller's reference. */
    void giveBack(ByteBuf buffer) {
        if (buffer.capacity() != HEAD_BYTES + DATA_BYTES
                || buffer.refCnt() != 1
                || !kept.offer(buffer)) {
            buffer.release();
        } else if (closed) {
            releaseKept(); // the close may have passed by before this one was kept
        }
    }

    /** Keeps nothing from here on. */
    void close() {
        closed = true;
        releaseKept();
    }

    private void releaseKept() {
        for (ByteBuf buffer = kept.poll(); buffer != null; buffer = kept.poll()) {
            buffer.release();
        }
    }
}
