package io.pramd.daemon.quota;

/**
 * Immutable. The most that may be held.
 *
 * @param bytes of all nodes together
 * @param nodes how many
 * @param streams open at once
 * @param largestNode bytes of any one node
 */
public record QuotaLimits(long bytes, long nodes, long streams, long largestNode) {
    public static final long UNLIMITED = Long.MAX_VALUE;
    public static final QuotaLimits NONE =
            new QuotaLimits(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED);
}
