package io.pramd.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * Immutable: how long a client waits and tries, how many connections it keeps, and who hears of it.
 *
 * <table>
 * <caption>Defaults</caption>
 * <tr><td>connect</td><td>5 s</td></tr>
 * <tr><td>connect wait</td><td>none: the first connection is tried once</td></tr>
 * <tr><td>retry for</td><td>10 s</td></tr>
 * <tr><td>no progress</td><td>30 s</td></tr>
 * <tr><td>connections for streams</td><td>4 for saves and 4 for loads</td></tr>
 * <tr><td>agent</td><td>pram-client</td></tr>
 * <tr><td>TLS</td><td>{@link PramTls#defaults()}, on {@code prams://} only</td></tr>
 * <tr><td>token, listener, executor</td><td>none</td></tr>
 * </table>
 */
public final class PramConfig {
    private static final PramConfig DEFAULTS = new PramConfig();

    private Duration connect = Duration.ofSeconds(5);
    private Duration connectWait = Duration.ZERO;
    private Duration retryFor = Duration.ofSeconds(10);
    private Duration noProgress = Duration.ofSeconds(30);
    private int streamConnections = 4;
    private String agent = "pram-client";
    private PramTls tls = PramTls.defaults();
    private Token token;
    private PramListener listener = PramListener.NONE;
    private Executor executor;

    private PramConfig() {}

    private PramConfig(PramConfig other) {
        connect = other.connect;
        connectWait = other.connectWait;
        retryFor = other.retryFor;
        noProgress = other.noProgress;
        streamConnections = other.streamConnections;
        agent = other.agent;
        tls = other.tls;
        token = other.token;
        listener = other.listener;
        executor = other.executor;
    }

    /** What fits most services. */
    public static PramConfig defaults() {
        return DEFAULTS;
    }

    /**
     * How long one connection may take. Who has been connected may be in the queue of a daemon that
     * is just upgraded: its greeting is waited for as any answer, for {@link #noProgress()}, or as
     * long as this where that is longer.
     */
    public Duration connect() {
        return connect;
    }

    public PramConfig withConnect(Duration connect) {
        PramConfig changed = new PramConfig(this);
        changed.connect = positive("connect", connect);
        return changed;
    }

    /** How long {@link PramClient#connect} tries again while nothing listens; zero tries once. */
    public Duration connectWait() {
        return connectWait;
    }

    public PramConfig withConnectWait(Duration connectWait) {
        PramConfig changed = new PramConfig(this);
        changed.connectWait = notNegative("connectWait", connectWait);
        return changed;
    }

    /**
     * How long a call without a deadline of its own is tried again, as far as that is safe, while
     * the daemon is away or still starting, from its first failure on; zero never tries again but
     * what a daemon that is going away has not heard.
     */
    public Duration retryFor() {
        return retryFor;
    }

    public PramConfig withRetryFor(Duration retryFor) {
        PramConfig changed = new PramConfig(this);
        changed.retryFor = notNegative("retryFor", retryFor);
        return changed;
    }

    /** How long a call may go without a byte or an answer. */
    public Duration noProgress() {
        return noProgress;
    }

    public PramConfig withNoProgress(Duration noProgress) {
        PramConfig changed = new PramConfig(this);
        changed.noProgress = positive("noProgress", noProgress);
        return changed;
    }

    /**
     * The most connections that saves, and the most that loads, are spread over; opened as they are
     * needed. Further streams share them. All else goes over one connection of its own.
     */
    public int streamConnections() {
        return streamConnections;
    }

    public PramConfig withStreamConnections(int streamConnections) {
        if (streamConnections < 1) {
            throw new IllegalArgumentException(
                    "at least one connection is needed: streamConnections=" + streamConnections);
        }
        PramConfig changed = new PramConfig(this);
        changed.streamConnections = streamConnections;
        return changed;
    }

    /** Name of this program, for the daemon's log. */
    public String agent() {
        return agent;
    }

    public PramConfig withAgent(String agent) {
        PramConfig changed = new PramConfig(this);
        changed.agent = Objects.requireNonNull(agent, "agent");
        return changed;
    }

    /** Whom the client trusts, and the certificate that it shows, on {@code prams://}. */
    public PramTls tls() {
        return tls;
    }

    /** For {@code prams://}; without effect on other addresses. */
    public PramConfig withTls(PramTls tls) {
        PramConfig changed = new PramConfig(this);
        changed.tls = Objects.requireNonNull(tls, "tls");
        return changed;
    }

    /**
     * Who the client says it is, by a token as the daemon's operator has issued it. It is sent
     * inside TLS, over a Unix domain socket or to a loopback address; anywhere else every call is
     * refused with EINVAL before anything is sent. Nothing of the library shows it: no text, no
     * log, no exception.
     *
     * @throws IllegalArgumentException if it is empty, has more than 4096 bytes, or characters that
     *     cannot be printed
     */
    public PramConfig withToken(String token) {
        PramConfig changed = new PramConfig(this);
        changed.token = Token.of(token);
        return changed;
    }

    /**
     * The same with a token that is in a file, with or without a newline behind it. The file is
     * read when the client is made, and anew at each connection.
     */
    public PramConfig withTokenFile(Path file) {
        PramConfig changed = new PramConfig(this);
        changed.token = Token.in(Objects.requireNonNull(file, "file"));
        return changed;
    }

    /** Null: none. */
    Token token() {
        return token;
    }

    /** Who is told what the client goes through. */
    public PramListener listener() {
        return listener;
    }

    public PramConfig withListener(PramListener listener) {
        PramConfig changed = new PramConfig(this);
        changed.listener = Objects.requireNonNull(listener, "listener");
        return changed;
    }

    /**
     * What carries out the calls of {@link PramClient#async()}; null: virtual threads where the JVM
     * has them, else up to 64 daemon threads of the client's own.
     */
    public Executor executor() {
        return executor;
    }

    public PramConfig withExecutor(Executor executor) {
        PramConfig changed = new PramConfig(this);
        changed.executor = executor;
        return changed;
    }

    static Duration positive(String what, Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException(what + " is a time greater than 0: " + time);
        }
        return time;
    }

    static Duration notNegative(String what, Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(what + " is a time of 0 or more: " + time);
        }
        return time;
    }
}
