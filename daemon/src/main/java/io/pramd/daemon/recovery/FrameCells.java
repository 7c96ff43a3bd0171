package io.pramd.daemon.recovery;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One owner while it is filled, then immutable. What each frame of a file is used for, in three
 * bits, and for whom, in four bytes: outside the heap.
 *
 * <p>Of a large file several adjacent frames share an owner, that of the first of them that was
 * claimed; what they are used for is known of each all the same.
 */
final class FrameCells {
    /** Owners at most: 16 MiB. */
    static final long OWNERS_MAX = 1L << 22;

    /** Nobody in particular. */
    static final int NO_OWNER = 0;

    private static final int PLANES = 3;

    private final MemorySegment
            planes; // of 64 frames the lowest bits of all, the next, the highest
    private final MemorySegment owners;
    private final long frameCount;
    private final int ownerBits;

    /**
     * @param arena that it lives in
     */
    FrameCells(Arena arena, long frameCount) {
        this(arena, frameCount, OWNERS_MAX);
    }

    /** For tests: of small files as of large ones. */
    FrameCells(Arena arena, long frameCount, long ownersMax) {
        this.frameCount = frameCount;
        int bits = 0;
        while (frameCount - 1 >>> bits >= ownersMax) {
            bits++;
        }
        ownerBits = bits;
        long words = Math.ceilDiv(frameCount, Long.SIZE);
        planes = arena.allocate(words * PLANES * Long.BYTES, Long.BYTES);
        owners = arena.allocate(((frameCount - 1 >>> bits) + 1) * Integer.BYTES, Integer.BYTES);
    }

    long frameCount() {
        return frameCount;
    }

    /** Whether each frame has an owner of its own. */
    boolean isExact() {
        return ownerBits == 0;
    }

    /** Claims those of some adjacent frames that nobody has claimed; answers how many. */
    int claim(long pfn, int frames, FrameUse use, int owner) {
        int claimed = 0;
        long at = pfn;
        long end = pfn + frames;
        while (at < end) {
            int bit = (int) at & (Long.SIZE - 1);
            int inWord = (int) Math.min(end - at, Long.SIZE - bit);
            long wanted = (inWord == Long.SIZE ? -1L : (1L << inWord) - 1) << bit;
            long word = at >>> 6;
            long fresh = wanted & ~reached(word);
            set(word, fresh, use);
            own(word, fresh, owner);
            claimed += Long.bitCount(fresh);
            at += inWord;
        }
        return claimed;
    }

    private void set(long word, long frames, FrameUse use) {
        for (int plane = 0; plane < PLANES; plane++) {
            if ((use.ordinal() >>> plane & 1) != 0) {
                long at = word * PLANES + plane;
                planes.setAtIndex(ValueLayout.JAVA_LONG, at, plane(word, plane) | frames);
            }
        }
    }

    private void own(long word, long frames, int owner) {
        if (owner == NO_OWNER) {
            return;
        }
        for (long left = frames; left != 0; left &= left - 1) {
            long cell = (word << 6) + Long.numberOfTrailingZeros(left) >>> ownerBits;
            boolean isFirst =
                    ownerBits == 0 || owners.getAtIndex(ValueLayout.JAVA_INT, cell) == NO_OWNER;
            if (isFirst) {
                owners.setAtIndex(ValueLayout.JAVA_INT, cell, owner);
            }
        }
    }

    private long reached(long word) {
        return plane(word, 0) | plane(word, 1) | plane(word, 2);
    }

    /** One bit of the codes of 64 frames; zeros behind the end. */
    long plane(long word, int plane) {
        return word << 6 < frameCount
                ? planes.getAtIndex(ValueLayout.JAVA_LONG, word * PLANES + plane)
                : 0;
    }

    FrameUse use(long pfn) {
        int code = 0;
        for (int plane = 0; plane < PLANES; plane++) {
            code |= (int) (plane(pfn >>> 6, plane) >>> pfn & 1) << plane;
        }
        return FrameUse.of(code);
    }

    /** Whom the frame, or one beside it, was claimed for; {@link #NO_OWNER} behind the end. */
    int owner(long pfn) {
        return pfn < frameCount
                ? owners.getAtIndex(ValueLayout.JAVA_INT, pfn >>> ownerBits)
                : NO_OWNER;
    }
}
