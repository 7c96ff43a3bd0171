package io.pramd.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;

/** Event loop only: tells a connection that it has ended. */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
    static final AttributeKey<Connection> CONNECTION =
            AttributeKey.valueOf(ConnectionHandler.class, "connection");

    private final Connection connection;

    ConnectionHandler(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connection.lose(new ConnectionLost("connection closed by the daemon", null));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connection.lose(new ConnectionLost("connection lost: " + cause.getMessage(), cause));
    }
}
