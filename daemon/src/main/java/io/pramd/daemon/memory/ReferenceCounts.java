package io.pramd.daemon.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * One owner (the walk, then the allocator under its lock). How often each frame is referenced, one
 * byte a frame outside the heap. A count of 255 is never left again: such a frame is freed by the
 * next start, which counts anew.
 */
public final class ReferenceCounts {
    static final int SATURATED = 255;

    /** Counts come in parts of 64 KiB, so that growing copies none of them. */
    private static final int PART_BITS = 16;

    private static final int PART_FRAMES = 1 << PART_BITS;

    private MemorySegment[] parts = new MemorySegment[0];
    private long frameCount;

    /** All counts zero; the bytes live as long as the object is reachable. */
    public ReferenceCounts(long frameCount) {
        grow(frameCount);
    }

    /** Counts so many frames; the new ones are not referenced. */
    void grow(long newFrameCount) {
        int before = parts.length;
        parts = Arrays.copyOf(parts, Math.toIntExact(Math.ceilDiv(newFrameCount, PART_FRAMES)));
        for (int part = before; part < parts.length; part++) {
            parts[part] = Arena.ofAuto().allocate(PART_FRAMES);
        }
        frameCount = newFrameCount;
    }

    public long frameCount() {
        return frameCount;
    }

    public int count(long pfn) {
        return Byte.toUnsignedInt(part(pfn).get(ValueLayout.JAVA_BYTE, inPart(pfn)));
    }

    /** Adds a reference; answers the count before. */
    public int retain(long pfn) {
        int count = count(pfn);
        if (count < SATURATED) {
            set(pfn, count + 1);
        }
        return count;
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

    void fill(long pfn, int frames, int count) {
        long at = pfn;
        long end = pfn + frames;
        while (at < end) {
            long inThisPart = Math.min(end - at, PART_FRAMES - inPart(at));
            part(at).asSlice(inPart(at), inThisPart).fill((byte) count);
            at += inThisPart;
        }
    }

    private void set(long pfn, int count) {
        part(pfn).set(ValueLayout.JAVA_BYTE, inPart(pfn), (byte) count);
    }

    private MemorySegment part(long pfn) {
        return parts[(int) (pfn >>> PART_BITS)];
    }

    private static long inPart(long pfn) {
        return pfn & (PART_FRAMES - 1);
    }
}
