package io.pramd.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelProgressivePromise;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/**
 * Event loop only: stands between TLS and the protocol. Says why TLS failed, and has writers hear
 * of progress within a packet, which Netty's TLS tells of whole writes only.
 */
final class TlsEvents extends ChannelDuplexHandler {
    /** What TLS encrypts at a time. */
    private static final int RECORD_BYTES = 16 << 10;

    private final Connection connection;
    private final TlsFailure failures;

    TlsEvents(Connection connection, TlsFailure failures) {
        this.connection = connection;
        this.failures = failures;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            connection.lose(failures.ofHandshake(handshake.cause()));
        } else if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
            connection.lose(new ConnectionLost("connection closed by the daemon", null));
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connection.lose(failures.of(cause));
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf packet
                && packet.readableBytes() > RECORD_BYTES
                && promise instanceof ChannelProgressivePromise progress) {
            writeInParts(ctx, packet, progress);
        } else {
            ctx.write(message, promise);
        }
    }

    /** The last part carries the promise: parts are sent, and fail, in their order. */
    private static void writeInParts(
            ChannelHandlerContext ctx, ByteBuf packet, ChannelProgressivePromise promise) {
        long total = packet.readableBytes();
        while (packet.readableBytes() > RECORD_BYTES) {
            ByteBuf part = packet.readRetainedSlice(RECORD_BYTES);
            long sent = total - packet.readableBytes();
            ctx.write(part)
                    .addListener(
                            written -> {
                                if (written.isSuccess()) {
                                    promise.tryProgress(sent, total);
                                }
                            });
        }
        ctx.write(packet, promise);
    }
}
