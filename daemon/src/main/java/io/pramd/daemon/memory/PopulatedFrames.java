package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Thread-safe. The frames that this process has made writable in its page table, a bit each; memory
 * is used where there are some. Only for file systems on which the kernel does not take the
 * writability back: one on a device does, at each write-back.
 */
final class PopulatedFrames {
    private static final int PART_FRAMES = 1 << 15;
    private static final int PART_WORDS = PART_FRAMES / Long.SIZE;

    private final AtomicReferenceArray<AtomicLongArray> parts;

    PopulatedFrames(long addressBytes) {
        long frames = addressBytes / FileLayout.FRAME_BYTES;
        parts = new AtomicReferenceArray<>(Math.toIntExact(Math.ceilDiv(frames, PART_FRAMES)));
    }

    void add(long pfn, long count) {
        for (long at = pfn; at < pfn + count; ) {
            long bits = bitsOfWord(at, pfn + count);
            AtomicLongArray part = partOf(at);
            part.getAndAccumulate(wordOf(at), bits, (old, more) -> old | more);
            at += Long.bitCount(bits);
        }
    }

    boolean hasAll(long pfn, long count) {
        for (long at = pfn; at < pfn + count; ) {
            AtomicLongArray part = parts.get((int) (at / PART_FRAMES));
            long bits = bitsOfWord(at, pfn + count);
            if (part == null || (part.get(wordOf(at)) & bits) != bits) {
                return false;
            }
            at += Long.bitCount(bits);
        }
        return true;
    }

    private AtomicLongArray partOf(long pfn) {
        int index = (int) (pfn / PART_FRAMES);
        AtomicLongArray part = parts.get(index);
        if (part == null) {
            part = new AtomicLongArray(PART_WORDS);
            AtomicLongArray first = parts.compareAndExchange(index, null, part);
            part = first == null ? part : first;
        }
        return part;
    }

    private static int wordOf(long pfn) {
        return (int) (pfn % PART_FRAMES) / Long.SIZE;
    }

    /** The bits of a frame, and of those behind it up to the end, that lie in its word. */
    private static long bitsOfWord(long pfn, long end) {
        long count = Math.min(end - pfn, Long.SIZE - pfn % Long.SIZE);
        long bits = count == Long.SIZE ? -1L : (1L << count) - 1;
        return bits << pfn;
    }
}
