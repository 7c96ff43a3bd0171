package io.pramd.daemon.server;

import io.pramd.protocol.PacketLimits;
import io.pramd.protocol.WireLimits;

/**
 * Immutable: what one daemon grants its connections.
 *
 * @param packetBytesMax largest payload taken; a longer one ends the connection
 * @param streamsMax streams open on one connection; one more is answered with EAGAIN
 * @param requestsMax requests unanswered on one connection; one more is answered with EAGAIN
 * @param connectionsMax connections; one more is answered with EAGAIN and closed
 * @param readsQueuedMax READs, or reports of bad pages, waiting in one load stream; one more is
 *     answered with EAGAIN
 * @param failedSavesMax failed prepares remembered per connection until their finish
 * @param answerBytesQueuedMax bytes of answers, page data aside, that a client has not taken yet:
 *     beyond it no request is read from this connection
 * @param idleMillis silence in both directions after which a connection is closed
 * @param handshakeMillis from the opening of a connection to a whole HELLO
 * @param savingMillisMax how long a save may be open; 0: as long as it likes
 * @param lingerMillis how long a connection that ends with an error may go on sending, unheard, so
 *     that its end does not destroy the error on the way
 */
public record ServerLimits(
        int packetBytesMax,
        int streamsMax,
        int requestsMax,
        int connectionsMax,
        int readsQueuedMax,
        int failedSavesMax,
        int answerBytesQueuedMax,
        long idleMillis,
        long handshakeMillis,
        long savingMillisMax,
        long lingerMillis) {
    /**
     * Most bytes of buffers that a connection takes before it is let in. It reads no more than one
     * small buffer at a time, gathers no more than a HELLO, and does not read while it is found out
     * whose that is.
     */
    static final int STRANGER_BYTES_MAX = 64 << 10;

    /**
     * The same inside TLS, whose records are gathered and decrypted; a message of its handshake,
     * which is 32 KiB at most in the JDK, is not counted.
     */
    static final int STRANGER_TLS_BYTES_MAX = 256 << 10;

    private static final int CONNECTIONS_MAX = 1024;
    private static final int READS_QUEUED_MAX = 256;
    private static final int FAILED_SAVES_MAX = 1024;
    private static final int ANSWER_BYTES_QUEUED_MAX = 8 << 20;
    private static final long LINGER_MILLIS = 1_000;

    public ServerLimits {
        if (packetBytesMax < WireLimits.PACKET_BYTES_MAX_LEAST
                || packetBytesMax > WireLimits.PACKET_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "packetBytesMax="
                            + packetBytesMax
                            + " least="
                            + WireLimits.PACKET_BYTES_MAX_LEAST
                            + " max="
                            + WireLimits.PACKET_BYTES_MAX);
        }
    }

    /** What the protocol names as defaults, and 1024 connections. */
    public static ServerLimits defaults() {
        return new ServerLimits(
                WireLimits.PACKET_BYTES_MAX,
                WireLimits.STREAMS_MAX,
                WireLimits.REQUESTS_MAX,
                CONNECTIONS_MAX,
                READS_QUEUED_MAX,
                FAILED_SAVES_MAX,
                ANSWER_BYTES_QUEUED_MAX,
                WireLimits.IDLE_MILLIS,
                WireLimits.HANDSHAKE_MILLIS,
                0,
                LINGER_MILLIS);
    }

    /** The same, and saves may be open for so long; 0: as long as they like. */
    public ServerLimits withSavingMillisMax(long millis) {
        return new ServerLimits(
                packetBytesMax,
                streamsMax,
                requestsMax,
                connectionsMax,
                readsQueuedMax,
                failedSavesMax,
                answerBytesQueuedMax,
                idleMillis,
                handshakeMillis,
                millis,
                lingerMillis);
    }

    /**
     * Whether this process may open what serving takes with any limits.
     *
     * @throws io.pramd.daemon.memory.StoreException EINVAL
     */
    public static void requireDescriptors() {
        Descriptors.ofThisProcess().requireEnough(Runtime.getRuntime().availableProcessors());
    }

    /**
     * The same with fewer connections, where the process may not open enough descriptors.
     *
     * @param others that will be open for something else
     */
    public ServerLimits withinDescriptors(int others) {
        return new ServerLimits(
                packetBytesMax,
                streamsMax,
                requestsMax,
                Descriptors.ofThisProcess().connectionsMax(connectionsMax, others),
                readsQueuedMax,
                failedSavesMax,
                answerBytesQueuedMax,
                idleMillis,
                handshakeMillis,
                savingMillisMax,
                lingerMillis);
    }

    /** Most pages in a PAGES packet to the daemon. */
    int pagesPerPacketMax() {
        return packetBytesMax / WireLimits.PAGE_WITH_ENTRY_BYTES;
    }

    PacketLimits packets() {
        return new PacketLimits(packetBytesMax, WireLimits.MESSAGE_BYTES_MAX, false);
    }
}
