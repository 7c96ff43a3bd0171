package io.pramd.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Event loop only. The parts of a packet that are read as a whole, however they come. */
final class Gathering {
    private static final int BYTES_INITIAL = 256;

    private ByteBufAllocator allocator;
    private ByteBuf gathered; // null: nothing has come, or all of it in one buffer

    void useAllocator(ByteBufAllocator toUse) {
        allocator = toUse;
    }

    /**
     * The next {@code bytes} as one buffer, or null while they have not all come. Out of one
     * received buffer they are a slice of it; else they are copied together, in memory that grows
     * with what has come and not with what was claimed.
     */
    ByteBuf take(ByteBuf in, int bytes) {
        if (gathered == null && in.readableBytes() >= bytes) {
            return in.readSlice(bytes);
        }
        if (gathered == null) {
            if (!in.isReadable()) {
                return null;
            }
            gathered = allocator.buffer(Math.min(bytes, BYTES_INITIAL), bytes);
        }
        gathered.writeBytes(in, Math.min(bytes - gathered.readableBytes(), in.readableBytes()));
        return gathered.readableBytes() == bytes ? gathered : null;
    }

    /** To be called when what was taken is read, or never will be. */
    void drop() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }
}
