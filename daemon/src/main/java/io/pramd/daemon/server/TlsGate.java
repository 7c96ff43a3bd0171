package io.pramd.daemon.server;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.OptionalSslHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;

/**
 * Event loop only: the first to see a connection of a {@code prams} listener. What begins a TLS
 * handshake is served by TLS; anything else passes as it is, to be refused in its own language.
 */
final class TlsGate extends OptionalSslHandler {
    private final long handshakeMillis;

    TlsGate(SslContext context, long handshakeMillis) {
        super(context);
        this.handshakeMillis = handshakeMillis;
    }

    @Override
    protected SslHandler newSslHandler(ChannelHandlerContext ctx, SslContext context) {
        SslHandler handler = super.newSslHandler(ctx, context);
        handler.setHandshakeTimeoutMillis(handshakeMillis);
        return handler;
    }

    @Override
    protected ChannelHandler newNonSslHandler(ChannelHandlerContext ctx) {
        return new ChannelInboundHandlerAdapter();
    }
}
