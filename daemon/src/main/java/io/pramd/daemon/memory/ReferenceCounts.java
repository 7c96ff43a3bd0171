package io.pramd.daemon.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfLong;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Thread-safe in what the walk calls ({@link #retain}, {@link #retainRun}, {@link #count}); else
 * one owner: the allocator, under its lock. How often each frame is referenced, one byte a frame
 * outside the heap, allocated where there are references. A count of 255 is never left again: such
 * a frame is freed by the next start, which counts anew.
 */
public final class ReferenceCounts {
    static final int SATURATED = 255;

    /** Counts come in parts of 64 KiB, so that growing copies none of them. */
    private static final int PART_BITS = 16;

    private static final int PART_FRAMES = 1 << PART_BITS;

    // eight counts at once: the lowest is the first frame's
    private static final OfLong WORD = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle WORDS = WORD.varHandle();
    private static final long ONES = 0x0101010101010101L;
    private static final long LOW_BITS = 0x7f7f7f7f7f7f7f7fL;
    private static final long TOP_BITS = ~LOW_BITS;

    private AtomicReferenceArray<MemorySegment> parts = new AtomicReferenceArray<>(0);
    private long frameCount;

    /** All counts zero; the bytes live as long as the object is reachable. */
    public ReferenceCounts(long frameCount) {
        grow(frameCount);
    }

    /** Counts so many frames; the new ones are not referenced. */
    void grow(long newFrameCount) {
        AtomicReferenceArray<MemorySegment> before = parts;
        parts =
                new AtomicReferenceArray<>(
                        Math.toIntExact(Math.ceilDiv(newFrameCount, PART_FRAMES)));
        for (int part = 0; part < before.length(); part++) {
            parts.set(part, before.get(part));
        }
        frameCount = newFrameCount;
    }

    public long frameCount() {
        return frameCount;
    }

    /** Whether nothing has ever referenced this frame and its neighbours, 512 of them at least. */
    boolean isUntouched(long pfn) {
        return parts.get(part(pfn)) == null;
    }

    public int count(long pfn) {
        MemorySegment part = parts.get(part(pfn));
        return part == null ? 0 : Byte.toUnsignedInt(part.get(ValueLayout.JAVA_BYTE, inPart(pfn)));
    }

    /** Adds a reference; answers the count before. */
    public int retain(long pfn) {
        long before = add(pfn, 0xffL << shift(pfn));
        return (int) (before >>> shift(pfn)) & SATURATED;
    }

    /** Adds a reference to adjacent frames; answers how many had none before. */
    public int retainRun(long pfn, int frames) {
        int fresh = 0;
        long at = pfn;
        long end = pfn + frames;
        while (at < end) {
            int inWord = (int) Math.min(end - at, Long.BYTES - (at & (Long.BYTES - 1)));
            long mask = -1L >>> (Long.BYTES - inWord) * Byte.SIZE << shift(at);
            long before = add(at, mask);
            fresh += Long.bitCount(zeros(before) & mask);
            at += inWord;
        }
        return fresh;
    }

    /** One more for each count under the mask that can have one; answers the word before. */
    private long add(long pfn, long mask) {
        MemorySegment part = partToStore(pfn);
        long at = inPart(pfn) & -Long.BYTES;
        while (true) {
            long word = (long) WORDS.getVolatile(part, at);
            long saturated = zeros(~word); // a bit where all bits are set
            long added = ONES & mask & ~(saturated >>> 7);
            if (WORDS.compareAndSet(part, at, word, word + added)) {
                return word;
            }
        }
    }

    /** The top bit of each byte that is zero. */
    private static long zeros(long word) {
        return ~((word & LOW_BITS) + LOW_BITS | word) & TOP_BITS;
    }

    private static int shift(long pfn) {
        return (int) (pfn & (Long.BYTES - 1)) * Byte.SIZE;
    }

    /** Drops a reference; answers the count after it. The count must not be zero. */
    public int release(long pfn) {
        int count = count(pfn);
        if (count == 0) {
            throw new IllegalStateException("released a frame that nothing references: pfn=" + pfn);
        }
        if (count < SATURATED) {
            count--;
            set(pfn, count);
        }
        return count;
    }

    /** Keeps a frame from ever being handed out, or freed, while these counts are in use. */
    public void retainForGood(long pfn) {
        set(pfn, SATURATED);
    }

    /** Which of 64 frames, from a multiple of 64 on, are kept for good: a bit each. */
    long keptForGood(long firstPfn) {
        MemorySegment part = parts.get(part(firstPfn));
        long kept = 0;
        for (int at = 0; part != null && at < Long.SIZE; at += Long.BYTES) {
            long word = part.get(WORD, inPart(firstPfn) + at);
            kept |= Long.compress(zeros(~word), TOP_BITS) << at;
        }
        return kept;
    }

    void fill(long pfn, int frames, int count) {
        long at = pfn;
        long end = pfn + frames;
        while (at < end) {
            long inThisPart = Math.min(end - at, PART_FRAMES - inPart(at));
            partToStore(at).asSlice(inPart(at), inThisPart).fill((byte) count);
            at += inThisPart;
        }
    }

    private void set(long pfn, int count) {
        partToStore(pfn).set(ValueLayout.JAVA_BYTE, inPart(pfn), (byte) count);
    }

    /** Of two who make the same part the counts of the first are used by both. */
    private MemorySegment partToStore(long pfn) {
        int index = part(pfn);
        MemorySegment part = parts.get(index);
        if (part == null) {
            parts.compareAndSet(
                    index, null, Arena.ofAuto().allocate(PART_FRAMES, WORD.byteAlignment()));
            part = parts.get(index);
        }
        return part;
    }

    private static int part(long pfn) {
        return (int) (pfn >>> PART_BITS);
    }

    private static long inPart(long pfn) {
        return pfn & (PART_FRAMES - 1);
    }
}
