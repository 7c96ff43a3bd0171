package io.pramd.daemon.server;

import java.util.List;

/**
 * Immutable: one connection, at one moment.
 *
 * @param number of the connection
 * @param address of the peer; of a Unix socket the listener's
 * @param principal empty where the daemon does not want to know, or does not know yet
 * @param agent what the client calls itself; empty: it has not said so yet
 * @param openMillis since it was accepted
 * @param idleMillis since something came from it; 0 where nobody measures
 * @param streams by their ids, at most {@link Clients#STREAMS_MAX}
 */
public record ClientView(
        long number,
        String address,
        String listener,
        String principal,
        String agent,
        boolean isTls,
        long openMillis,
        long idleMillis,
        long savedBytes,
        long loadedBytes,
        List<StreamView> streams) {
    public ClientView {
        streams = List.copyOf(streams);
    }
}
