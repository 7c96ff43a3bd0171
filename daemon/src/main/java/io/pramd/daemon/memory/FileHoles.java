package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Thread-safe. Where a memory file that nobody maps has never been stored to: holes, and blocks
 * that were preallocated and are unwritten. Both read as zeros.
 */
public final class FileHoles {
    private static final int SEEK_DATA = 3;

    private FileHoles() {}

    /**
     * The first frame from {@code pfn} on that may have been stored, negative when none follows.
     * What is dirty in the kernel's cache is found, and what was only read, or read ahead, may be
     * taken for stored: the answers change with what is read meanwhile. Where the file system
     * cannot tell, every frame may have been stored.
     */
    public static long nextStored(FileLock lock, long pfn) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            long found =
                    (long)
                            Downcalls.Lseek.HANDLE.invokeExact(
                                    state, lock.fd(), FileLayout.fileOffset(pfn), SEEK_DATA);
            if (found >= 0) {
                // a block may be smaller than a frame; and whoever asks again and again gets on
                return Math.max(pfn, found / FileLayout.FRAME_BYTES);
            }
            return Native.errno(state) == Native.ENXIO ? -1 : pfn;
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }
}
