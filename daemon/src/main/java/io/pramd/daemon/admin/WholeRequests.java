package io.pramd.daemon.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.TooLongHttpContentException;

/**
 * Event loop only: puts requests together. One whose content is too long goes on without it, as one
 * that failed, so that it is answered as any other error is; what comes of the content is dropped.
 */
final class WholeRequests extends HttpObjectAggregator {
    /** Nothing that is asked for needs a body. */
    private static final int BODY_BYTES_MAX = 1024;

    WholeRequests() {
        super(BODY_BYTES_MAX, true);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
        HttpRequest request = (HttpRequest) oversized;
        FullHttpRequest refused =
                new DefaultFullHttpRequest(
                        request.protocolVersion(),
                        request.method(),
                        request.uri(),
                        Unpooled.EMPTY_BUFFER,
                        request.headers().copy(),
                        EmptyHttpHeaders.INSTANCE);
        refused.setDecoderResult(
                DecoderResult.failure(
                        new TooLongHttpContentException(
                                "the content is too long: max=" + BODY_BYTES_MAX)));
        context.fireChannelRead(refused);
    }

    /** Whether the connection can go on behind a request: it is known where the next begins. */
    static boolean isFramed(FullHttpRequest request) {
        return request.decoderResult().isSuccess()
                || request.decoderResult().cause() instanceof TooLongHttpContentException;
    }
}
