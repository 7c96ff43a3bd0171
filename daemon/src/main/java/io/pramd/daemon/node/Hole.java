package io.pramd.daemon.node;

/**
 * Immutable. Why pages of a salvaged stream are not there.
 *
 * @param pfn of the one page that does not verify; 0 when it is not known where they are
 */
public record Hole(long pfn, String reason) {}
