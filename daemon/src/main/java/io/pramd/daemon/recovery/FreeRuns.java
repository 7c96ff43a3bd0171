package io.pramd.daemon.recovery;

import io.pramd.daemon.memory.FrameAllocator;

/** One owner. Counts the runs of free frames, from the first frame to the last, by their length. */
final class FreeRuns {
    private static final int CHUNK_WORDS = FrameAllocator.EXTENT_FRAMES_MAX / Long.SIZE;
    private static final int LENGTHS =
            Integer.numberOfTrailingZeros(FrameAllocator.EXTENT_FRAMES_MAX) + 1;

    private final long[] histogram = new long[LENGTHS];
    private long runs;
    private long largest;
    private long run;
    private long words;
    private int freeWords;
    private long freeChunks;

    /** The next 64 frames: a bit for each that is free. */
    void add(long free) {
        countChunk(free == -1L);
        if (free == -1L) {
            run += Long.SIZE;
            return;
        }
        int bit = 0;
        while (bit < Long.SIZE) {
            long left = free >>> bit;
            int length = Math.min(Long.numberOfTrailingZeros(~left), Long.SIZE - bit);
            run += length;
            bit += length;
            if (bit < Long.SIZE) {
                end();
                bit += Math.min(Long.numberOfTrailingZeros(free >>> bit), Long.SIZE - bit);
            }
        }
    }

    private void countChunk(boolean isFree) {
        freeWords += isFree ? 1 : 0;
        words++;
        if (words % CHUNK_WORDS == 0) {
            freeChunks += freeWords == CHUNK_WORDS ? 1 : 0;
            freeWords = 0;
        }
    }

    private void end() {
        if (run > 0) {
            runs++;
            largest = Math.max(largest, run);
            int length = Long.SIZE - 1 - Long.numberOfLeadingZeros(run);
            histogram[Math.min(length, LENGTHS - 1)]++;
        }
        run = 0;
    }

    /** All frames were added. */
    Fragmentation result() {
        end();
        return new Fragmentation(
                runs, largest, freeChunks * FrameAllocator.EXTENT_FRAMES_MAX, histogram.clone());
    }
}
