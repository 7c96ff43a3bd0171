package io.pramd.daemon.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;

/** Event loop only: stands for a socket whose buffer is full. */
final class HeldWrites extends ChannelOutboundHandlerAdapter {
    private record Write(Object message, ChannelPromise promise) {}

    private final ArrayDeque<Write> writes = new ArrayDeque<>();
    private ChannelHandlerContext context;
    boolean holding;

    /** All that was held goes on. */
    void letGo() {
        holding = false;
        while (!writes.isEmpty()) {
            Write write = writes.remove();
            context.write(write.message(), write.promise());
        }
        context.flush();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (holding) {
            writes.add(new Write(message, promise));
        } else {
            ctx.write(message, promise);
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        ctx.close(promise);
        while (!writes.isEmpty()) {
            Write write = writes.remove();
            ReferenceCountUtil.release(write.message());
            write.promise().setFailure(new ClosedChannelException());
        }
    }
}
