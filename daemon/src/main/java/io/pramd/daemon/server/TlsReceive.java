package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Event loop only: how much a connection inside TLS receives at once. Until it is let in that is
 * one small buffer in a turn of the loop: what was received is decrypted at once, also while nobody
 * wants to read it, and a stranger could have megabytes kept.
 */
final class TlsReceive implements RecvByteBufAllocator {
    /** A record of TLS, but for its head. */
    private static final int STRANGER_BUFFER_BYTES = 16 << 10;

    private final AdaptiveRecvByteBufAllocator usual = new AdaptiveRecvByteBufAllocator();
    private boolean isLetIn;

    /** From now on it may receive as much as it sends. */
    void letIn() {
        isLetIn = true;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new ReceiveHandle((ExtendedHandle) usual.newHandle());
    }

    private final class ReceiveHandle implements ExtendedHandle {
        private final ExtendedHandle usualHandle;

        ReceiveHandle(ExtendedHandle usualHandle) {
            this.usualHandle = usualHandle;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return isLetIn
                    ? usualHandle.allocate(allocator)
                    : allocator.ioBuffer(STRANGER_BUFFER_BYTES, STRANGER_BUFFER_BYTES);
        }

        @Override
        public int guess() {
            return isLetIn ? usualHandle.guess() : STRANGER_BUFFER_BYTES;
        }

        @Override
        public boolean continueReading() {
            return isLetIn && usualHandle.continueReading();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return isLetIn && usualHandle.continueReading(maybeMoreData);
        }

        @Override
        public void reset(ChannelConfig config) {
            usualHandle.reset(config);
        }

        @Override
        public void incMessagesRead(int messages) {
            usualHandle.incMessagesRead(messages);
        }

        @Override
        public void lastBytesRead(int bytes) {
            usualHandle.lastBytesRead(bytes);
        }

        @Override
        public int lastBytesRead() {
            return usualHandle.lastBytesRead();
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            usualHandle.attemptedBytesRead(bytes);
        }

        @Override
        public int attemptedBytesRead() {
            return usualHandle.attemptedBytesRead();
        }

        @Override
        public void readComplete() {
            usualHandle.readComplete();
        }
    }
}
