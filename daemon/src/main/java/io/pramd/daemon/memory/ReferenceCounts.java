package io.pramd.daemon.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One owner (the walk, then the allocator under its lock). How often each frame is referenced, one
 * byte a frame outside the heap. A count of 255 is never left again: such a frame is freed by the
 * next start, which counts anew.
 */
public final class ReferenceCounts {
    static final int SATURATED = 255;

    private final MemorySegment counts;

    /** All counts zero; the bytes live as long as the object is reachable. */
    public ReferenceCounts(long frameCount) {
        counts = Arena.ofAuto().allocate(frameCount);
    }

    public long frameCount() {
        return counts.byteSize();
    }

    public int count(long pfn) {
        return Byte.toUnsignedInt(counts.get(ValueLayout.JAVA_BYTE, pfn));
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
        counts.asSlice(pfn, frames).fill((byte) count);
    }

    private void set(long pfn, int count) {
        counts.set(ValueLayout.JAVA_BYTE, pfn, (byte) count);
    }
}
