package io.pramd.daemon.node;

import java.util.function.Predicate;

/**
 * Immutable. Which part of the listing: nodes with the prefix behind (sequence, pfn), unsigned, so
 * many at most.
 *
 * @param isVisible which nodes, by name
 * @param showsQuarantined which quarantined ones, by the name that is known of them, or is empty
 */
public record ListRequest(
        String prefix,
        long afterSequence,
        long afterPfn,
        int limit,
        Predicate<String> isVisible,
        Predicate<String> showsQuarantined) {

    /** Of all nodes. */
    public ListRequest(String prefix, long afterSequence, long afterPfn, int limit) {
        this(prefix, afterSequence, afterPfn, limit, name -> true, name -> true);
    }

    boolean wants(NodeInfo info) {
        Predicate<String> shows = info.state() == State.QUARANTINED ? showsQuarantined : isVisible;
        return info.name().startsWith(prefix) && shows.test(info.name());
    }
}
