package io.pramd.daemon.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Event loop only: a listener whose process has no descriptor left, say, waits a moment and goes
 * on. Connections wait with it, in the kernel's queue.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);
    private static final long PAUSE_MILLIS = 500;
    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private boolean isSaid;
    private long saidNanos = System.nanoTime() - SILENCE_NANOS;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object connection) {
        if (isSaid) {
            isSaid = false;
            LOG.info("a connection is accepted again: listener={}", ctx.channel().localAddress());
        }
        ctx.fireChannelRead(connection);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (System.nanoTime() - saidNanos >= SILENCE_NANOS) {
            isSaid = true; // at the border one is accepted now and then, and the next one is not
            saidNanos = System.nanoTime();
            LOG.warn(
                    "no connection can be accepted, trying on: listener={} cause={}",
                    ctx.channel().localAddress(),
                    cause.getMessage());
        }
        ctx.channel().config().setAutoRead(false);
        ctx.channel()
                .eventLoop()
                .schedule(
                        () -> AcceptPace.resume(ctx.channel()),
                        PAUSE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }
}
