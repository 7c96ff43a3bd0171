package io.pramd.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Event loop only: hands the transport the reader's window where there is one, else a small pooled
 * buffer. A receive is bounded by the buffer's capacity, so that no byte of the next packet can
 * land in a page.
 */
final class ReceiveAllocator implements RecvByteBufAllocator {
    /** Most bytes received in one turn of the event loop: other connections wait meanwhile. */
    private static final int TURN_BYTES_MAX = 8 << 20;

    /**
     * The same of what does not go straight to where pages belong: 64 KiB are thousands of
     * requests, and each costs more than its bytes.
     */
    private static final int TURN_SMALL_BYTES_MAX = 64 << 10;

    private final PacketReader reader;
    private ByteBuf window;

    ReceiveAllocator(PacketReader reader) {
        this.reader = reader;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new ReceiveHandle();
    }

    /** Whether {@code in} is the window last handed out; asked once per receive. */
    boolean takeWindow(ByteBuf in) {
        boolean isWindow = in == window;
        window = null;
        return isWindow;
    }

    private ByteBuf allocate(ByteBufAllocator allocator) {
        window = reader.nextWindow();
        if (window == null) {
            int bytes = reader.bufferBytes();
            return allocator.ioBuffer(bytes, bytes);
        }
        return window;
    }

    private final class ReceiveHandle implements ExtendedHandle {
        private int attemptedBytes;
        private int lastBytes;
        private long turnBytes;
        private long turnSmallBytes;
        private boolean isSmall;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            ByteBuf buffer = ReceiveAllocator.this.allocate(allocator);
            isSmall = buffer.capacity() <= PacketReader.SMALL_BUFFER_BYTES;
            return buffer;
        }

        @Override
        public int guess() {
            return PacketReader.SMALL_BUFFER_BYTES;
        }

        @Override
        public void reset(ChannelConfig config) {
            turnBytes = 0;
            turnSmallBytes = 0;
        }

        @Override
        public void incMessagesRead(int numMessages) {}

        @Override
        public void lastBytesRead(int bytes) {
            lastBytes = bytes;
            turnBytes += Math.max(0, bytes);
            turnSmallBytes += isSmall ? Math.max(0, bytes) : 0;
        }

        @Override
        public int lastBytesRead() {
            return lastBytes;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attemptedBytes = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attemptedBytes;
        }

        @Override
        public boolean continueReading() {
            // A receive that did not fill its buffer has emptied the socket.
            return !reader.isPaused()
                    && lastBytes > 0
                    && lastBytes == attemptedBytes
                    && turnBytes < TURN_BYTES_MAX
                    && turnSmallBytes < TURN_SMALL_BYTES_MAX;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return continueReading();
        }

        @Override
        public void readComplete() {
            reader.willWait();
        }
    }
}
