package io.pramd.daemon.server;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Thread-safe. Memory of one connection that knows how much of it was in use at most. */
final class CountingMemory extends AbstractByteBufAllocator {
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    private volatile long most;

    CountingMemory() {
        super(true);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return counted(memory.heapBuffer(initialCapacity, maxCapacity));
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return counted(memory.directBuffer(initialCapacity, maxCapacity));
    }

    private ByteBuf counted(ByteBuf buffer) {
        count();
        return buffer;
    }

    private synchronized void count() {
        most = Math.max(most, used());
    }

    /** Bytes in use now. */
    long used() {
        return memory.metric().usedDirectMemory() + memory.metric().usedHeapMemory();
    }

    /** Bytes in use at any time so far. */
    long most() {
        return most;
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }

    /** To stand first: counts when something has come, before and after it is looked at. */
    ChannelInboundHandlerAdapter counter() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object msg) {
                count();
                ctx.fireChannelRead(msg);
                count();
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
                ctx.fireChannelReadComplete();
                count();
            }
        };
    }
}
