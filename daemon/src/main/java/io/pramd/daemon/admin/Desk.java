package io.pramd.daemon.admin;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.pramd.daemon.memory.Printable;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.Administration;
import io.pramd.daemon.server.Administration.Administrator;
import io.pramd.protocol.Errno;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thread-safe: finds who answers a request, and whether whoever asks may have the answer. */
final class Desk {
    private static final Logger LOG = LoggerFactory.getLogger(Desk.class);
    private static final String BEARER = "Bearer ";

    private final AdminConfig config;
    private final Worker worker;

    Desk(AdminConfig config, Worker worker) {
        this.config = config;
        this.worker = worker;
    }

    /**
     * Answers a request, whatever it is: never fails.
     *
     * @param from address of whoever asks
     */
    CompletableFuture<Answer> answer(FullHttpRequest http, String from) {
        try {
            return answerOrFail(http, from).exceptionally(Desk::failure);
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failure(e));
        }
    }

    private CompletableFuture<Answer> answerOrFail(FullHttpRequest http, String from) {
        if (!http.decoderResult().isSuccess()) {
            throw invalid("not a request of HTTP: " + http.decoderResult().cause().getMessage());
        }
        new Origin(config.address()).require(http.headers());
        Target target = Target.of(http.uri());
        List<Route> routes =
                config.routes().stream().filter(route -> route.hasPath(target.path())).toList();
        if (routes.isEmpty()) {
            throw StoreException.of(
                    Errno.ENOENT, "nothing has this path: path=" + Printable.of(target.path()));
        }
        HttpMethod asked = http.method().equals(HttpMethod.HEAD) ? HttpMethod.GET : http.method();
        Optional<Route> found =
                routes.stream().filter(route -> route.method().equals(asked)).findFirst();
        if (found.isEmpty()) {
            return done(notAllowed(http.method(), routes));
        }
        Route route = found.get();
        String accept = http.headers().get(HttpHeaderNames.ACCEPT, "");
        String knownVersions = http.headers().get(HttpHeaderNames.IF_NONE_MATCH, "");
        return administrator(route, http.headers(), from)
                .thenCompose(
                        administrator ->
                                worker.work(
                                        () ->
                                                route.resource()
                                                        .answer(
                                                                new Request(
                                                                        target.path(),
                                                                        target.parameters(),
                                                                        accept,
                                                                        knownVersions,
                                                                        administrator))));
    }

    /** Who asks, where that matters; fails when it may not. */
    private CompletableFuture<Optional<Administrator>> administrator(
            Route route, HttpHeaders headers, String from) {
        Administration administration = config.administration();
        boolean isOpen =
                switch (route.needs()) {
                    case NOTHING -> true;
                    case RULES -> !administration.asksWho();
                    case ADMINISTRATOR -> false;
                };
        if (isOpen) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        if (!administration.asksWho()) {
            throw StoreException.of(
                    Errno.EACCES,
                    "changes need the token of an administrator, and this daemon has no rules that"
                            + " name one: expected=--access and --tokens, or pram rm");
        }
        String authorization = headers.get(HttpHeaderNames.AUTHORIZATION, "");
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return CompletableFuture.failedFuture(new NoTokenException());
        }
        byte[] token =
                authorization.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8);
        return administration.authenticate(token, from).thenApply(Optional::of);
    }

    private static Answer failure(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof NoTokenException) {
            return Answer.error(
                    HttpResponseStatus.UNAUTHORIZED,
                    Errno.EACCES.name(),
                    "the token of an administrator is needed: expected=Authorization: Bearer"
                            + " TOKEN");
        }
        if (cause instanceof StoreException known) {
            return Answer.error(known);
        }
        LOG.error("an answer for administrators failed inside the daemon", cause);
        return Answer.error(
                HttpResponseStatus.INTERNAL_SERVER_ERROR,
                Errno.EIO.name(),
                "failed inside the daemon, its log says why");
    }

    private static Answer notAllowed(HttpMethod asked, List<Route> routes) {
        List<String> methods = routes.stream().map(route -> route.method().name()).toList();
        return Answer.error(
                        HttpResponseStatus.METHOD_NOT_ALLOWED,
                        Errno.EINVAL.name(),
                        "not a method of this path: method="
                                + Printable.of(asked.name())
                                + " expected="
                                + String.join("|", methods))
                .withHeaders(Map.of(HttpHeaderNames.ALLOW.toString(), String.join(", ", methods)));
    }

    private static StoreException invalid(String text) {
        return StoreException.of(Errno.EINVAL, Printable.of(text));
    }

    private static CompletableFuture<Answer> done(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    /** Nobody has shown a token: a browser is told how to. */
    private static final class NoTokenException extends RuntimeException {
        private static final long serialVersionUID = 1;

        NoTokenException() {
            super("no token", null, false, false);
        }
    }
}
