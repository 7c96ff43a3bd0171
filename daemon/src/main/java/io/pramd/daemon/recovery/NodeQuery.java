package io.pramd.daemon.recovery;

/**
 * Immutable. Which nodes of a survey, and in what order.
 *
 * @param contains somewhere in the name; empty: any
 * @param prefix of the name; empty: any
 * @param offset nodes in front of the page, of those wanted
 * @param limit of the page
 */
public record NodeQuery(
        String contains, String prefix, Sort sort, boolean isDescending, long offset, int limit) {
    /** What nodes are ordered by; equal ones by their sequence. */
    public enum Sort {
        SEQUENCE,
        NAME,
        BYTES,
        FRAMES,
        CREATED,
        /** Soonest first; those that never expire last. */
        EXPIRY
    }

    boolean wants(String name) {
        return name.startsWith(prefix) && name.contains(contains);
    }
}
