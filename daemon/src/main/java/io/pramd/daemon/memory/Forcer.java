package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.ReachedFrames.Run;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Thread-safe. Makes stored bytes durable by msync, and of what roots reach only: an open stream's
 * pages are nobody's concern before its commit. What an earlier process left behind is unknown, so
 * the first force of what is reached covers the whole file.
 *
 * <p>A force that fails is never retried as if nothing had happened: write-back reports an error
 * once, after which the pages look clean and are not on the device. So a failure is sticky.
 */
public final class Forcer {
    /** Bytes one dirty bit stands for: 256 KiB. */
    private static final long GRAIN_BYTES = 256 << 10;

    /**
     * Dirty grains of others that are forced as well rather than to have the device flush once more
     * for what lies behind them.
     */
    private static final int FOREIGN_GRAINS_MAX = 2;

    private final MemorySegment mapping;
    private volatile long fileBytes;
    private final MemoryObserver observer;
    private final AtomicLongArray dirty; // only says what a force would cost
    private final ReachedFrames reached = new ReachedFrames();
    private volatile boolean everythingForced;
    private volatile boolean failed;

    Forcer(MemorySegment mapping, long frameCount, MemoryObserver observer) {
        this.mapping = mapping;
        this.fileBytes = FileLayout.fileOffset(frameCount);
        this.observer = observer;
        // for all that the file can grow to
        this.dirty =
                new AtomicLongArray(
                        Math.toIntExact(Math.ceilDiv(mapping.byteSize(), GRAIN_BYTES * Long.SIZE)));
    }

    void markDirty(long fileOffset, long bytes) {
        long last = (fileOffset + bytes - 1) / GRAIN_BYTES;
        for (long grain = fileOffset / GRAIN_BYTES; grain <= last; grain++) {
            int word = (int) (grain / Long.SIZE);
            long bit = 1L << grain;
            if ((dirty.get(word) & bit) == 0) {
                dirty.getAndUpdate(word, old -> old | bit);
            }
        }
    }

    /**
     * The file has grown. What an earlier process may have left behind the old end is nobody's
     * concern.
     */
    void grown(long frameCount) {
        fileBytes = FileLayout.fileOffset(frameCount);
    }

    /** Whether a force has failed; nothing can be made durable any more by this process. */
    public boolean hasFailed() {
        return failed;
    }

    /**
     * A root that is about to be in force reaches these frames. Said when all of them have been
     * stored, since a force under way takes them along, and before the root can be forced.
     */
    public void reached(long pfn, long frames) {
        reached.add(pfn, frames);
    }

    /**
     * Forces all that roots have come to reach before the call, and perhaps more.
     *
     * @throws StoreException EIO, outcome unknown, when the device fails or has failed before
     */
    public synchronized void forceReached() {
        // also when nothing was reached since: what the failed force had taken is in no run any
        // more
        requireNotFailed();
        List<Run> runs = reached.take();
        if (!everythingForced) {
            force(0, fileBytes);
            everythingForced = true;
            return;
        }
        for (Run run : merged(runs)) {
            forceFrames(run.begin(), run.end() - run.begin());
        }
    }

    /** Each force makes the device flush: few larger ones are faster than many small ones. */
    private List<Run> merged(List<Run> runs) {
        List<Run> merged = new ArrayList<>();
        for (Run run : runs) {
            if (!merged.isEmpty() && isCheap(merged.getLast().end(), run.begin())) {
                merged.add(new Run(merged.removeLast().begin(), run.end()));
            } else {
                merged.add(run);
            }
        }
        return merged;
    }

    private boolean isCheap(long fromPfn, long toPfn) {
        long grain = Math.ceilDiv(FileLayout.fileOffset(fromPfn), GRAIN_BYTES);
        long end = FileLayout.fileOffset(toPfn) / GRAIN_BYTES;
        int foreign = 0;
        while (grain < end && foreign <= FOREIGN_GRAINS_MAX) {
            long word = dirty.get((int) (grain / Long.SIZE));
            if (word == 0) {
                grain = (grain / Long.SIZE + 1) * Long.SIZE;
            } else {
                foreign += (int) (word >>> grain & 1);
                grain++;
            }
        }
        return foreign <= FOREIGN_GRAINS_MAX;
    }

    /**
     * Forces adjacent frames.
     *
     * @throws StoreException EIO, outcome unknown, when the device fails or has failed before
     */
    public synchronized void forceFrames(long pfn, long frames) {
        force(FileLayout.fileOffset(pfn), FileLayout.fileOffset(frames));
    }

    private void requireNotFailed() {
        if (failed) {
            throw StoreException.outcomeUnknown(
                    "an earlier force failed: nothing can be made durable any more");
        }
    }

    private void force(long fileOffset, long bytes) {
        requireNotFailed();
        try {
            // bits set from here on stay set
            clearDirty(fileOffset, bytes);
            observer.forcing(fileOffset, bytes);
            Native.sync(mapping.asSlice(fileOffset, bytes));
        } catch (Native.NativeException | StoreException e) {
            failed = true;
            throw StoreException.outcomeUnknown(
                    "force failed: offset="
                            + fileOffset
                            + " bytes="
                            + bytes
                            + " "
                            + e.getMessage());
        }
        observer.forced(fileOffset, bytes);
    }

    private void clearDirty(long fileOffset, long bytes) {
        long grain = Math.ceilDiv(fileOffset, GRAIN_BYTES);
        long end =
                fileOffset + bytes == fileBytes
                        ? Math.ceilDiv(fileBytes, GRAIN_BYTES)
                        : (fileOffset + bytes) / GRAIN_BYTES;
        while (grain < end) {
            int word = (int) (grain / Long.SIZE);
            if (dirty.get(word) == 0) {
                grain = (word + 1L) * Long.SIZE;
            } else {
                long bit = 1L << grain;
                dirty.getAndUpdate(word, old -> old & ~bit);
                grain++;
            }
        }
    }
}
