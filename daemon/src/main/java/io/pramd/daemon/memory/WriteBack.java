package io.pramd.daemon.memory;

import io.pramd.daemon.memory.ReachedFrames.Run;
import java.lang.foreign.MemorySegment;
import java.util.List;

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
    private final MemorySegment mapping;
    private final int fd;
    private final boolean flushesOnce;

    WriteBack(MemorySegment mapping, int fd, FileSystem fileSystem) {
        this.mapping = mapping;
        this.fd = fd;
        this.flushesOnce = fileSystem.flushesOnce();
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
        if (flushesOnce && parts.size() > 1) {
            List<Run> others = parts.subList(0, parts.size() - 1);
            parts.forEach(part -> sync(part, Native.SYNC_FILE_RANGE_WRITE));
            others.forEach(part -> sync(part, Native.SYNC_FILE_RANGE_WRITE_AND_WAIT));
            flush(parts.getLast());
            return 1;
        }
        parts.forEach(this::flush);
        return parts.size();
    }

    private void sync(Run part, int flags) {
        Native.syncFileRange(fd, part.fileOffset(), part.bytes(), flags);
    }

    private void flush(Run part) {
        Native.sync(mapping.asSlice(part.fileOffset(), part.bytes()));
    }
}
