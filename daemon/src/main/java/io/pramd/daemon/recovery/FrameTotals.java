package io.pramd.daemon.recovery;

import java.util.Map;

/**
 * Immutable. How many frames are in which state, which makes all of the file, and how the free ones
 * lie.
 */
public record FrameTotals(
        long frames, Map<FrameState, Long> byState, Fragmentation fragmentation) {}
