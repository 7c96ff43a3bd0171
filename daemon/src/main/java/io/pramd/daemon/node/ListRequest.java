package io.pramd.daemon.node;

/**
 * Immutable. Which part of the listing: nodes with the prefix behind (sequence, pfn), unsigned, so
 * many at most.
 */
public record ListRequest(String prefix, long afterSequence, long afterPfn, int limit) {}
