package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Thread-safe: every method holds the monitor, never for I/O. Frames that roots have come to reach
 * since the last force, a bit each; memory is used where there are some.
 */
final class ReachedFrames {
    private static final int PART_BITS = 15;
    private static final int PART_FRAMES = 1 << PART_BITS;

    private final TreeMap<Long, BitSet> parts = new TreeMap<>();

    /**
     * Adjacent frames.
     *
     * @param end behind the last
     */
    record Run(long begin, long end) {
        long fileOffset() {
            return FileLayout.fileOffset(begin);
        }

        long bytes() {
            return FileLayout.fileOffset(end - begin);
        }
    }

    synchronized void add(long pfn, long frames) {
        long at = pfn;
        long end = pfn + frames;
        while (at < end) {
            long part = at >>> PART_BITS;
            int from = (int) (at & (PART_FRAMES - 1));
            int count = (int) Math.min(end - at, PART_FRAMES - from);
            parts.computeIfAbsent(part, key -> new BitSet(PART_FRAMES)).set(from, from + count);
            at += count;
        }
    }

    /** All of them in order, and forgets them. */
    synchronized List<Run> take() {
        List<Run> runs = new ArrayList<>();
        for (Map.Entry<Long, BitSet> part : parts.entrySet()) {
            long base = part.getKey() << PART_BITS;
            BitSet bits = part.getValue();
            int end;
            for (int begin = bits.nextSetBit(0); begin >= 0; begin = bits.nextSetBit(end)) {
                end = bits.nextClearBit(begin);
                add(runs, base + begin, base + end);
            }
        }
        parts.clear();
        return runs;
    }

    private static void add(List<Run> runs, long begin, long end) {
        if (!runs.isEmpty() && runs.getLast().end() == begin) {
            runs.add(new Run(runs.removeLast().begin(), end));
        } else {
            runs.add(new Run(begin, end));
        }
    }
}
