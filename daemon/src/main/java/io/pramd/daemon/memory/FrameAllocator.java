package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Thread-safe. Hands out extents of free frames and takes frames back when their last reference
 * goes. Savers get long aligned runs (up to 2 MiB) as long as there are any; commits get what they
 * need from the most fragmented chunks that have it in one run. The cost of a call does not depend
 * on the file's size or on how full it is.
 */
public final class FrameAllocator {
    /** Largest extent, frames: 2 MiB. */
    public static final int EXTENT_FRAMES_MAX = ChunkBits.CHUNK_FRAMES;

    /** Frames that a growth hands over while it holds the lock: 8 GiB. */
    private static final int GROWTH_STEP_FRAMES = 4096 * ChunkBits.CHUNK_FRAMES;

    /**
     * Who asks: savers leave the reserve alone, which is for commits that free; and those who are
     * not administrators what is kept for them besides.
     */
    public enum Purpose {
        SAVE,
        ADMINISTRATORS_SAVE,
        COMMIT
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final ReferenceCounts counts;
    private final ChunkBits bits;
    private final ChunkSet[] byClass = new ChunkSet[ChunkBits.CLASS_MAX + 1];
    private byte[] classOf;
    private long free;
    private long usable; // free ones and others; those of a growth as they become free
    private long reserve;
    private long keptForAdministrators;

    /**
     * Takes over the counts of a finished walk: every frame without a reference is free, but the
     * fixed ones.
     */
    public FrameAllocator(ReferenceCounts counts) {
        this.counts = counts;
        int chunks = chunks(counts.frameCount());
        bits = new ChunkBits(chunks);
        classOf = new byte[chunks];
        for (int runClass = 0; runClass < byClass.length; runClass++) {
            byClass[runClass] = new ChunkSet(chunks);
        }
        for (int chunk = 0; chunk < chunks; chunk++) {
            markUnreferenced(chunk);
            classOf[chunk] = ChunkBits.CLASS_NONE;
            reclassify(chunk);
        }
        usable = FileLayout.usableFrames(counts.frameCount());
    }

    private void markUnreferenced(int chunk) {
        long begin = (long) chunk * ChunkBits.CHUNK_FRAMES;
        long end = Math.min(begin + ChunkBits.CHUNK_FRAMES, counts.frameCount());
        boolean isAllFree =
                counts.isUntouched(begin) && begin >= 2L * FileLayout.SECOND_COPY_DISTANCE;
        if (isAllFree) {
            bits.mark(begin, (int) (end - begin), true);
            free += end - begin;
            return;
        }
        for (long pfn = begin; pfn < end; pfn++) {
            if (counts.count(pfn) == 0 && !FileLayout.isFixed(pfn)) {
                bits.mark(pfn, 1, true);
                free++;
            }
        }
    }

    private static int chunks(long frameCount) {
        return Math.toIntExact(Math.ceilDiv(frameCount, ChunkBits.CHUNK_FRAMES));
    }

    /**
     * The file has grown to so many frames: the new ones are free, and may be handed out before
     * this returns.
     */
    public void grow(long frameCount) {
        long from = makeRoomFor(frameCount);
        while (from < frameCount) {
            int frames = (int) Math.min(frameCount - from, GROWTH_STEP_FRAMES);
            lock.lock();
            try {
                makeFree(from, frames);
                usable += frames;
            } finally {
                lock.unlock();
            }
            from += frames;
        }
    }

    /** Answers how many frames there were. */
    private long makeRoomFor(long frameCount) {
        lock.lock();
        try {
            long before = counts.frameCount();
            int chunksBefore = classOf.length;
            int chunks = chunks(frameCount);
            counts.grow(frameCount);
            bits.grow(chunks);
            classOf = Arrays.copyOf(classOf, chunks);
            Arrays.fill(classOf, chunksBefore, chunks, (byte) ChunkBits.CLASS_NONE);
            for (int runClass = 0; runClass < byClass.length; runClass++) {
                byClass[runClass] = new ChunkSet(chunks);
            }
            for (int chunk = 0; chunk < chunksBefore; chunk++) {
                if (classOf[chunk] != ChunkBits.CLASS_NONE) {
                    byClass[classOf[chunk]].add(chunk);
                }
            }
            return before;
        } finally {
            lock.unlock();
        }
    }

    /** What is handed out at any moment, for who compares with it, or draws it. */
    public HandedOut handedOut() {
        return new HandedOut(lock, counts, bits);
    }

    /** Frames that savers never get: max(64, what commits of a deep tree need). */
    public void reserve(long frames) {
        lock.lock();
        try {
            reserve = frames;
        } finally {
            lock.unlock();
        }
    }

    /** Frames, besides the reserve, that only administrators' saves get. */
    public void keepForAdministrators(long frames) {
        lock.lock();
        try {
            keptForAdministrators = frames;
        } finally {
            lock.unlock();
        }
    }

    /** Frames that may be handed out for a purpose; 0 or less: none. */
    public long available(Purpose purpose) {
        lock.lock();
        try {
            return free - keptFrom(purpose);
        } finally {
            lock.unlock();
        }
    }

    private long keptFrom(Purpose purpose) {
        return switch (purpose) {
            case SAVE -> reserve + keptForAdministrators;
            case ADMINISTRATORS_SAVE -> reserve;
            case COMMIT -> 0;
        };
    }

    /** Frames nobody holds, including the reserve. */
    public long freeFrames() {
        lock.lock();
        try {
            return free;
        } finally {
            lock.unlock();
        }
    }

    /** Frames that somebody holds, the fixed ones left out; none of a growth under way. */
    public long usedFrames() {
        lock.lock();
        try {
            return usable - free;
        } finally {
            lock.unlock();
        }
    }

    /** Frames of the file, free or not. */
    public long frameCount() {
        lock.lock();
        try {
            return counts.frameCount();
        } finally {
            lock.unlock();
        }
    }

    /** Whether savers would be refused now. */
    public boolean isShort() {
        lock.lock();
        try {
            return free <= keptFrom(Purpose.SAVE);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes adjacent free frames, each with one reference. The extent may be shorter than wanted;
     * it is empty only when nothing may be handed out for this purpose.
     *
     * @param wanted 1 to {@link #EXTENT_FRAMES_MAX}
     */
    public Optional<Extent> allocate(int wanted, Purpose purpose) {
        lock.lock();
        try {
            long available = free - keptFrom(purpose);
            int frames = (int) Math.min(Math.min(wanted, EXTENT_FRAMES_MAX), available);
            if (frames <= 0) {
                return Optional.empty();
            }
            return Optional.of(take(frames));
        } finally {
            lock.unlock();
        }
    }

    /** Takes so many single frames, each with one reference, or none at all. */
    public Optional<long[]> allocateSingles(int frames, Purpose purpose) {
        lock.lock();
        try {
            if (free - keptFrom(purpose) < frames) {
                return Optional.empty();
            }
            long[] pfns = new long[frames];
            int taken = 0;
            while (taken < frames) {
                // adjacent ones where there are some: they go to a device in one request
                Extent run = take(Math.min(frames - taken, EXTENT_FRAMES_MAX));
                for (int i = 0; i < run.frames(); i++) {
                    pfns[taken++] = run.pfn() + i;
                }
            }
            return Optional.of(pfns);
        } finally {
            lock.unlock();
        }
    }

    private Extent take(int frames) {
        int wantedClass = Integer.SIZE - Integer.numberOfLeadingZeros(frames - 1);
        int runClass = wantedClass;
        while (runClass <= ChunkBits.CLASS_MAX && byClass[runClass].isEmpty()) {
            runClass++;
        }
        int taken = frames;
        if (runClass > ChunkBits.CLASS_MAX) {
            runClass = wantedClass - 1;
            while (byClass[runClass].isEmpty()) {
                runClass--;
            }
            taken = Math.min(frames, 1 << runClass);
        }
        int chunk = byClass[runClass].first();
        long pfn = bits.findRun(chunk, Math.min(runClass, wantedClass));
        bits.mark(pfn, taken, false);
        counts.fill(pfn, taken, 1);
        free -= taken;
        reclassify(chunk);
        return new Extent(pfn, taken);
    }

    /** Gives back frames of an extent that were never referenced by anything stored. */
    public void free(Extent extent) {
        lock.lock();
        try {
            counts.fill(extent.pfn(), extent.frames(), 0);
            makeFree(extent.pfn(), extent.frames());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Drops one reference of each frame; those that reach zero may be handed out again at once.
     *
     * @return how many did
     */
    public int releaseAll(long[] pfns, int length) {
        lock.lock();
        try {
            long begin = 0;
            int run = 0;
            int freed = 0;
            for (int i = 0; i < length; i++) {
                if (counts.release(pfns[i]) != 0) {
                    continue;
                }
                if (run == 0 || pfns[i] != begin + run) {
                    makeFree(begin, run);
                    begin = pfns[i];
                    run = 0;
                }
                run++;
                freed++;
            }
            makeFree(begin, run);
            return freed;
        } finally {
            lock.unlock();
        }
    }

    /** Drops one reference; answers whether it was the last. */
    public boolean release(long pfn) {
        lock.lock();
        try {
            if (counts.release(pfn) != 0) {
                return false;
            }
            makeFree(pfn, 1);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void makeFree(long pfn, int frames) {
        free += frames;
        long at = pfn;
        long end = pfn + frames;
        while (at < end) {
            int chunk = (int) (at / ChunkBits.CHUNK_FRAMES);
            int inChunk = (int) Math.min(end - at, (chunk + 1L) * ChunkBits.CHUNK_FRAMES - at);
            bits.mark(at, inChunk, true);
            reclassify(chunk);
            at += inChunk;
        }
    }

    private void reclassify(int chunk) {
        int before = classOf[chunk];
        int now = bits.runClass(chunk);
        if (before != now) {
            if (before != ChunkBits.CLASS_NONE) {
                byClass[before].remove(chunk);
            }
            if (now != ChunkBits.CLASS_NONE) {
                byClass[now].add(chunk);
            }
            classOf[chunk] = (byte) now;
        }
    }
}
