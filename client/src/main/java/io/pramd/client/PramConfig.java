package io.pramd.client;

import java.time.Duration;

/**
 * Immutable: how long a client waits.
 *
 * @param connect for a connection and its handshake
 * @param connectWait how long to try again while nothing listens; zero tries once
 * @param noProgress how long a call may go without a byte or an answer
 * @param agent name of this program, for the daemon's log
 */
public record PramConfig(
        Duration connect, Duration connectWait, Duration noProgress, String agent) {

    /** Connect 5 s, no further try, 30 s without progress. */
    public static PramConfig defaults() {
        return new PramConfig(
                Duration.ofSeconds(5), Duration.ZERO, Duration.ofSeconds(30), "pram-client");
    }

    public PramConfig withConnect(Duration connect) {
        return new PramConfig(connect, connectWait, noProgress, agent);
    }

    public PramConfig withConnectWait(Duration connectWait) {
        return new PramConfig(connect, connectWait, noProgress, agent);
    }

    public PramConfig withNoProgress(Duration noProgress) {
        return new PramConfig(connect, connectWait, noProgress, agent);
    }

    public PramConfig withAgent(String agent) {
        return new PramConfig(connect, connectWait, noProgress, agent);
    }
}
