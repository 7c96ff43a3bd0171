package io.pramd.daemon.quota;

/**
 * Immutable. What one principal, or all nodes whose names begin with one prefix, may use at most.
 *
 * @param bytes of pages, each counting 4096; without links and node pages
 * @param nodes with those that are being saved
 * @param streams saves and loads that are open at once
 * @param largestNode bytes of one node's pages
 */
public record QuotaLimits(long bytes, long nodes, long streams, long largestNode) {
    /** What a limit is where there is none. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** No limits at all. */
    public static final QuotaLimits NONE =
            new QuotaLimits(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED);

    public QuotaLimits {
        if (bytes < 0 || nodes < 0 || streams < 0 || largestNode < 0) {
            throw new IllegalArgumentException(
                    "a limit is below 0: bytes="
                            + bytes
                            + " nodes="
                            + nodes
                            + " streams="
                            + streams
                            + " largestNode="
                            + largestNode);
        }
    }
}
