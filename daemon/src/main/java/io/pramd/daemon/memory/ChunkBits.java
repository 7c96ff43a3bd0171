package io.pramd.daemon.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One owner. One bit for every frame outside the heap, set when it is free, in chunks of 512 frames
 * (2 MiB). A chunk's run class is the power of two of its longest free run that is aligned to its
 * own length: 9 for a free chunk, -1 for a full one.
 */
final class ChunkBits {
    static final int CHUNK_FRAMES = 512;
    static final int CLASS_MAX = 9;
    static final int CLASS_NONE = -1;

    private static final int WORDS = CHUNK_FRAMES / Long.SIZE;
    private static final int WORD_CLASS = 6;
    // bits at which an aligned run of 2, 4, 8, 16, 32 frames may begin
    private static final long[] BEGINS = {
        0x5555555555555555L,
        0x1111111111111111L,
        0x0101010101010101L,
        0x0001000100010001L,
        0x0000000100000001L
    };

    private MemorySegment free;
    private long changes;

    ChunkBits(int chunks) {
        free = bits(chunks);
    }

    private static MemorySegment bits(int chunks) {
        Math.multiplyExact(chunks, WORDS); // words have int numbers
        return Arena.ofAuto().allocate((long) chunks * WORDS * Long.BYTES, Long.BYTES);
    }

    /** The bits of 64 frames. */
    long word(int index) {
        return free.getAtIndex(ValueLayout.JAVA_LONG, index);
    }

    /** Has room for so many chunks; nothing in the new ones is free. */
    void grow(int chunks) {
        free = bits(chunks).copyFrom(free);
        changes++;
    }

    /** Counts what was marked: while it stays the same, so do all bits. */
    long changes() {
        return changes;
    }

    boolean isFree(long pfn) {
        return (word((int) (pfn >>> 6)) & (1L << pfn)) != 0;
    }

    /** Sets or clears the bits of frames that all lie in one chunk. */
    void mark(long pfn, int count, boolean isFree) {
        changes++;
        long at = pfn;
        long end = pfn + count;
        while (at < end) {
            int inWord = (int) Math.min(end - at, Long.SIZE - (at & 63));
            long bits = (inWord == Long.SIZE ? -1L : (1L << inWord) - 1) << at;
            int word = (int) (at >>> 6);
            long before = word(word);
            free.setAtIndex(ValueLayout.JAVA_LONG, word, isFree ? before | bits : before & ~bits);
            at += inWord;
        }
    }

    /** The chunk's run class, from 512 bits in a few dozen steps. */
    int runClass(int chunk) {
        int base = chunk * WORDS;
        for (int runClass = CLASS_MAX; runClass >= WORD_CLASS; runClass--) {
            if (findWords(base, 1 << (runClass - WORD_CLASS)) >= 0) {
                return runClass;
            }
        }
        long[] any = new long[WORD_CLASS];
        for (int word = 0; word < WORDS; word++) {
            long runs = word(base + word);
            any[0] |= runs;
            for (int step = 1; step < WORD_CLASS; step++) {
                runs = longer(runs, step);
                any[step] |= runs;
            }
        }
        int runClass = WORD_CLASS - 1;
        while (runClass >= 0 && any[runClass] == 0) {
            runClass--;
        }
        return runClass;
    }

    /** The first frame of an aligned run of that class; the chunk must have one. */
    long findRun(int chunk, int runClass) {
        int base = chunk * WORDS;
        if (runClass >= WORD_CLASS) {
            int word = findWords(base, 1 << (runClass - WORD_CLASS));
            return (long) (base + word) << 6;
        }
        for (int word = 0; word < WORDS; word++) {
            long runs = word(base + word);
            for (int step = 1; step <= runClass; step++) {
                runs = longer(runs, step);
            }
            if (runs != 0) {
                return ((long) (base + word) << 6) + Long.numberOfTrailingZeros(runs);
            }
        }
        throw new IllegalStateException(
                "chunk has no such run: chunk=" + chunk + " class=" + runClass);
    }

    /** From the begins of aligned runs of 2^(step-1) frames to those of 2^step. */
    private static long longer(long runs, int step) {
        return runs & (runs >>> (1 << (step - 1))) & BEGINS[step - 1];
    }

    private int findWords(int base, int words) {
        for (int begin = 0; begin < WORDS; begin += words) {
            boolean all = true;
            for (int word = begin; word < begin + words && all; word++) {
                all = word(base + word) == -1L;
            }
            if (all) {
                return begin;
            }
        }
        return -1;
    }
}
