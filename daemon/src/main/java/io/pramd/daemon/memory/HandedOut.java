package io.pramd.daemon.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Thread-safe. What an allocator has handed out, for who compares with it or draws it. Each call
 * holds the allocator's lock for a few microseconds, however large the file is.
 */
public final class HandedOut {
    /** Frames that one {@link #read} looks at, at most. */
    public static final int READ_FRAMES_MAX = 64 * ChunkBits.CHUNK_FRAMES;

    private final ReentrantLock lock;
    private final ReferenceCounts counts;
    private final ChunkBits bits;

    HandedOut(ReentrantLock lock, ReferenceCounts counts, ChunkBits bits) {
        this.lock = lock;
        this.counts = counts;
        this.bits = bits;
    }

    /** Frames of the file now. */
    public long frameCount() {
        lock.lock();
        try {
            return counts.frameCount();
        } finally {
            lock.unlock();
        }
    }

    /** A number that stays the same as long as no frame is handed out or becomes free. */
    public long changes() {
        lock.lock();
        try {
            return bits.changes();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads the states of many frames, all of one moment, 64 in each long, the lowest bit first.
     *
     * @param firstPfn a multiple of 64
     * @param free is given those that nobody holds
     * @param kept is given those that are not handed out again before the next start; as long as
     *     the other, at most {@link #READ_FRAMES_MAX} bits; both are zero behind the file's end
     */
    public void read(long firstPfn, long[] free, long[] kept) {
        lock.lock();
        try {
            for (int i = 0; i < free.length; i++) {
                long pfn = firstPfn + (long) i * Long.SIZE;
                boolean isInFile = pfn < counts.frameCount();
                free[i] = isInFile ? bits.word((int) (pfn / Long.SIZE)) : 0;
                kept[i] = isInFile && free[i] != -1L ? counts.keptForGood(pfn) : 0;
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many entries, links and nodes reference a frame; 255: that many, or more. */
    public int references(long pfn) {
        lock.lock();
        try {
            return counts.count(pfn);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The frames from one on that have fewer references here than a walk has found, or are free all
     * the same; at most {@link FrameAllocator#EXTENT_FRAMES_MAX} frames are looked at.
     *
     * @param found by the walk, of a root that nothing is released of meanwhile
     */
    public List<Long> undercounted(ReferenceCounts found, long firstPfn) {
        List<Long> wrong = new ArrayList<>();
        lock.lock();
        try {
            long end = Math.min(firstPfn + FrameAllocator.EXTENT_FRAMES_MAX, found.frameCount());
            for (long pfn = firstPfn; pfn < end; pfn++) {
                int references = found.count(pfn);
                if (references > 0 && (bits.isFree(pfn) || counts.count(pfn) < references)) {
                    wrong.add(pfn);
                }
            }
        } finally {
            lock.unlock();
        }
        return wrong;
    }

    /** Whether the frame is not handed out again before the next start. */
    public boolean isKeptForGood(long pfn) {
        return references(pfn) == ReferenceCounts.SATURATED;
    }

    /** Whether nobody holds the frame. */
    public boolean isFree(long pfn) {
        lock.lock();
        try {
            return bits.isFree(pfn);
        } finally {
            lock.unlock();
        }
    }
}
