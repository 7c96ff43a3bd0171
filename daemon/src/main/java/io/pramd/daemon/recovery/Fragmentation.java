package io.pramd.daemon.recovery;

/**
 * Immutable. How the free frames lie.
 *
 * @param freeRuns runs of adjacent ones
 * @param largestFreeRun frames of the longest
 * @param freeIn2MiB free frames in aligned pieces of 2 MiB of which all are free
 * @param histogram runs by length: at index i those of 2^i frames and more, but fewer than twice as
 *     many; the last has all that are longer, too. Not to be changed.
 */
public record Fragmentation(
        long freeRuns, long largestFreeRun, long freeIn2MiB, long[] histogram) {}
