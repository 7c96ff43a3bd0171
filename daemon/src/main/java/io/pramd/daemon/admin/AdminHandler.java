package io.pramd.daemon.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import io.pramd.daemon.memory.Printable;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Event loop only: one connection of HTTP, which has one request answered at a time. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private final Desk desk;
    private final Sending sending;
    private final Patience patience;
    private Future<?> limit; // of what the connection has to do next

    AdminHandler(Desk desk, Sending sending, Patience patience) {
        this.desk = desk;
        this.sending = sending;
        this.patience = patience;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        limit(context, patience.ask());
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        limit.cancel(false);
        context.fireChannelInactive();
    }

    private void limit(ChannelHandlerContext context, Duration time) {
        if (limit != null) {
            limit.cancel(false);
        }
        limit =
                context.executor()
                        .schedule(() -> late(context), time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Without a goodbye of TLS, for which it would have to be waited again. */
    private static void late(ChannelHandlerContext context) {
        LOG.debug("a connection of an administrator is not done in time");
        context.channel().unsafe().close(context.channel().newPromise());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        context.channel().config().setAutoRead(false); // what comes next waits in the socket
        limit(context, patience.make());
        boolean keepAlive = HttpUtil.isKeepAlive(request) && WholeRequests.isFramed(request);
        boolean isHead = request.method().equals(HttpMethod.HEAD);
        String knownVersions = request.headers().get(HttpHeaderNames.IF_NONE_MATCH, "");
        desk.answer(request, from(context.channel().remoteAddress()))
                .thenAccept(
                        answer ->
                                context.executor()
                                        .execute(
                                                () ->
                                                        send(
                                                                context,
                                                                answer,
                                                                knownVersions,
                                                                isHead,
                                                                keepAlive)));
    }

    private static String from(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : "";
    }

    private static FullHttpResponse response(Answer answer, String knownVersions) {
        boolean isKnown =
                answer.version().filter(of -> Answer.isKnown(knownVersions, of)).isPresent();
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        isKnown ? HttpResponseStatus.NOT_MODIFIED : answer.status(),
                        isKnown ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
        HttpHeaders headers = response.headers();
        headers.set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        headers.set(
                HttpHeaderNames.CACHE_CONTROL,
                answer.version().isEmpty() ? "no-store" : "private, no-cache");
        // compression on its way makes a version a weak one
        answer.version().ifPresent(of -> headers.set(HttpHeaderNames.ETAG, "W/\"" + of + "\""));
        if (answer.status().equals(HttpResponseStatus.UNAUTHORIZED)) {
            headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"pramd\"");
        }
        answer.headers().forEach(headers::set);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        return response;
    }

    private void send(
            ChannelHandlerContext context,
            Answer made,
            String knownVersions,
            boolean isHead,
            boolean keepAlive) {
        if (!context.channel().isActive()) {
            return;
        }
        Answer answer = sending.begin(made);
        limit(context, patience.take());
        FullHttpResponse response = response(answer, knownVersions);
        HttpUtil.setContentLength(response, response.content().readableBytes());
        FullHttpResponse sent = isHead ? response.replace(Unpooled.EMPTY_BUFFER) : response;
        HttpUtil.setKeepAlive(sent, keepAlive);
        context.writeAndFlush(sent)
                .addListener(
                        done -> {
                            sending.end(answer);
                            if (!keepAlive || !done.isSuccess()) {
                                context.close();
                                return;
                            }
                            limit(context, patience.ask());
                            context.channel().config().setAutoRead(true);
                        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("a connection of an administrator broke: {}", Printable.of(cause.toString()));
        context.close();
    }
}
