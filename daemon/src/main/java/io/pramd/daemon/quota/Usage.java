package io.pramd.daemon.quota;

/**
 * Immutable. What is in use, with what open saves hold.
 *
 * @param bytes of pages, each counting 4096
 */
public record Usage(long bytes, long nodes, long streams) {
    public static final Usage NOTHING = new Usage(0, 0, 0);
}
