package io.pramd.daemon.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;

/**
 * Event loop only: a listener takes a burst of connections at once, and then so many a second. A
 * flood of them costs those that are served no more than that; what does not fit waits in the
 * kernel's queue.
 */
final class AcceptPace extends ChannelInboundHandlerAdapter {
    static final int PER_SECOND_MAX = 4_000;
    static final int BURST_MAX = 1_024;

    private static final long EACH_NANOS = TimeUnit.SECONDS.toNanos(1) / PER_SECOND_MAX;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** When the burst would be whole again, if nobody came. */
    private long wholeNanos = System.nanoTime();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object connection) {
        long now = System.nanoTime();
        wholeNanos = Math.max(wholeNanos, now) + EACH_NANOS;
        if (wholeNanos - now > BURST_MAX * EACH_NANOS) {
            ctx.channel().config().setAutoRead(false);
            ctx.channel()
                    .eventLoop()
                    .schedule(() -> resume(ctx.channel()), PAUSE_NANOS, TimeUnit.NANOSECONDS);
        }
        ctx.fireChannelRead(connection);
    }

    /** Unless it has been left to another process meanwhile. */
    static void resume(Channel listener) {
        if (listener.isRegistered()) {
            listener.config().setAutoRead(true);
        }
    }
}
