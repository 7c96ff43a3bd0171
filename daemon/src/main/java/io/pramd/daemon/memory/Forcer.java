package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Thread-safe. Makes stored bytes durable by msync, and knows which may not be yet. What an earlier
 * process left behind is unknown, so the first force of everything covers the whole file; later
 * ones only what was announced since.
 *
 * <p>A force that fails is never retried as if nothing had happened: write-back reports an error
 * once, after which the pages look clean and are not on the device. So a failure is sticky.
 */
public final class Forcer {
    /** Bytes one dirty bit stands for: 256 KiB. */
    private static final long GRAIN_BYTES = 256 << 10;

    private final MemorySegment mapping;
    private final long fileBytes;
    private final MemoryObserver observer;
    private final AtomicLongArray dirty;
    private volatile boolean everythingForced;
    private volatile boolean failed;

    Forcer(MemorySegment mapping, long frameCount, MemoryObserver observer) {
        this.mapping = mapping;
        this.fileBytes = FileLayout.fileOffset(frameCount);
        this.observer = observer;
        this.dirty =
                new AtomicLongArray(
                        Math.toIntExact(Math.ceilDiv(fileBytes, GRAIN_BYTES * Long.SIZE)));
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

    /** Whether a force has failed; nothing can be made durable any more by this process. */
    public boolean hasFailed() {
        return failed;
    }

    /**
     * Forces all that was stored before the call, and perhaps more.
     *
     * @throws StoreException EIO, outcome unknown, when the device fails or has failed before
     */
    public synchronized void forceStored() {
        if (!everythingForced) {
            // bits set from here on stay set, so a store that races with this force is covered by
            // the next one
            clearAll();
            force(0, fileBytes);
            everythingForced = true;
            return;
        }
        long grains = Math.ceilDiv(fileBytes, GRAIN_BYTES);
        long begin = -1;
        for (long grain = 0; grain <= grains; grain++) {
            boolean isDirty = grain < grains && take(grain);
            if (isDirty && begin < 0) {
                begin = grain;
            } else if (!isDirty && begin >= 0) {
                long offset = begin * GRAIN_BYTES;
                force(offset, Math.min(fileBytes, grain * GRAIN_BYTES) - offset);
                begin = -1;
            }
        }
    }

    /**
     * Forces one frame.
     *
     * @throws StoreException EIO, outcome unknown, when the device fails or has failed before
     */
    public synchronized void forceFrame(long pfn) {
        force(FileLayout.fileOffset(pfn), FileLayout.FRAME_BYTES);
    }

    private void force(long fileOffset, long bytes) {
        if (failed) {
            throw StoreException.outcomeUnknown(
                    "an earlier force failed: nothing can be made durable any more");
        }
        try {
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

    private void clearAll() {
        for (int word = 0; word < dirty.length(); word++) {
            dirty.set(word, 0);
        }
    }

    private boolean take(long grain) {
        int word = (int) (grain / Long.SIZE);
        long bit = 1L << grain;
        if (dirty.get(word) == 0) {
            return false;
        }
        return (dirty.getAndUpdate(word, old -> old & ~bit) & bit) != 0;
    }
}
