package io.pramd.daemon.recovery;

import java.util.HashMap;
import java.util.Map;

/** One owner. Where frames have gone: a number each, memory where there are some. */
final class MovedFrames {
    private static final int PART_BITS = 13;

    private final Map<Long, long[]> parts = new HashMap<>();

    /** Where a frame is now; 0: where it was. */
    long of(long pfn) {
        long[] part = parts.get(pfn >>> PART_BITS);
        return part == null ? 0 : part[(int) pfn & (1 << PART_BITS) - 1];
    }

    void put(long pfn, long newPfn) {
        long[] part = parts.computeIfAbsent(pfn >>> PART_BITS, key -> new long[1 << PART_BITS]);
        part[(int) pfn & (1 << PART_BITS) - 1] = newPfn;
    }
}
