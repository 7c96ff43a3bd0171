package io.pramd.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.util.AttributeKey;
import java.util.concurrent.TimeUnit;

/**
 * Event loop only: tells a connection that it has ended. The end that counts is that of what the
 * daemon sends: a write that fails is often the first sign of a daemon that is gone, but its last
 * words may have arrived before and say why. So the channel does not close itself then, and what
 * there is is read to its end.
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
    static final AttributeKey<Connection> CONNECTION =
            AttributeKey.valueOf(ConnectionHandler.class, "connection");

    /** What has arrived is read at once; only an end that never comes is waited for. */
    private static final long LAST_WORDS_MILLIS = 1_000;

    private static final String NOTHING_IS_SENT = "connection lost: nothing can be sent any more";

    private final Connection connection;

    ConnectionHandler(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connection.lose(new ConnectionLost("connection closed by the daemon", null));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelOutputShutdownEvent) {
            connection.mute();
            ctx.executor()
                    .schedule(
                            () -> connection.lose(new ConnectionLost(NOTHING_IS_SENT, null)),
                            LAST_WORDS_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connection.lose(new ConnectionLost("connection lost: " + cause.getMessage(), cause));
    }
}
