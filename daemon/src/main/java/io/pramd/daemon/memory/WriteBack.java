package io.pramd.daemon.memory;

import io.pramd.daemon.memory.ReachedFrames.Run;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;

/**
 * Thread-safe. Has the kernel write parts of the memory file to the device, through the descriptor
 * that is mapped: write-back reports an error once to each open file description.
 *
 * <p>Each msync ends with a flush of the device's cache, which is nearly all that a force of few
 * pages costs. On ext4 and xfs many parts need one: fsync(2) of a part first waits for the pages of
 * that part alone, but then commits the journal up to the last change of the whole file (blocks
 * that were preallocated become written ones there) and flushes the device, on which by then is all
 * that write-back has finished of the other parts. That is not said of file systems in general, so
 * others get an msync for each part.
 */
final class WriteBack {
    private static final Set<Integer> REFUSALS =
            Set.of(Native.ENOSYS, Native.EPERM, Native.EOPNOTSUPP);

    private final MemorySegment mapping;
    private final RangeSync rangeSync;
    private volatile boolean flushesOnce;

    /** sync_file_range(2). */
    @FunctionalInterface
    interface RangeSync {
        void sync(long fileOffset, long bytes, int flags);
    }

    WriteBack(MemorySegment mapping, RangeSync rangeSync, boolean flushesOnce) {
        this.mapping = mapping;
        this.rangeSync = rangeSync;
        this.flushesOnce = flushesOnce;
    }

    static WriteBack of(MemorySegment mapping, int fd, FileSystem fileSystem) {
        return new WriteBack(
                mapping,
                (offset, bytes, flags) -> Native.syncFileRange(fd, offset, bytes, flags),
                fileSystem.flushesOnce());
    }

    /** Whether any number of parts costs one flush of the device. */
    boolean flushesOnce() {
        return flushesOnce;
    }

    /**
     * Durable on return; answers how often the device was flushed for it.
     *
     * @throws Native.NativeException when a part is not
     */
    int force(List<Run> parts) {
        if (flushesOnce && parts.size() > 1 && areWrittenBack(parts)) {
            flush(parts.getLast());
            return 1;
        }
        parts.forEach(this::flush);
        return parts.size();
    }

    /** All but the last, of which write-back has only begun; false where the call is refused. */
    private boolean areWrittenBack(List<Run> parts) {
        try {
            parts.forEach(part -> sync(part, Native.SYNC_FILE_RANGE_WRITE));
            parts.subList(0, parts.size() - 1)
                    .forEach(part -> sync(part, Native.SYNC_FILE_RANGE_WRITE_AND_WAIT));
            return true;
        } catch (Native.NativeException e) {
            if (!REFUSALS.contains(e.errno())) {
                throw e;
            }
            flushesOnce = false; // a sandbox; the device has not failed
            return false;
        }
    }

    private void sync(Run part, int flags) {
        rangeSync.sync(part.fileOffset(), part.bytes(), flags);
    }

    private void flush(Run part) {
        Native.sync(mapping.asSlice(part.fileOffset(), part.bytes()));
    }
}
