package io.pramd.daemon.memory;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** One owner. A set of frames, a bit each; memory is used where there are some. */
public final class FrameSet {
    private static final int PART_BITS = 15;

    private final Map<Long, BitSet> parts = new HashMap<>();

    /** Adds a frame, which need not be one of the file; answers whether it was not in the set. */
    public boolean add(long pfn) {
        BitSet part = parts.computeIfAbsent(pfn >>> PART_BITS, key -> new BitSet());
        int bit = (int) pfn & ((1 << PART_BITS) - 1);
        boolean isNew = !part.get(bit);
        part.set(bit);
        return isNew;
    }
}
