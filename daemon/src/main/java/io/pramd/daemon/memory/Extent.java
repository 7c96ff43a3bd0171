package io.pramd.daemon.memory;

/**
 * Immutable. A run of adjacent frames, handed out or given back together.
 *
 * @param pfn the first frame
 * @param frames how many, at least 1
 */
public record Extent(long pfn, int frames) {}
