package io.pramd.daemon.memory;

import io.pramd.protocol.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Thread-safe. Stores into the memory file by pwrite, through the descriptor that is mapped and
 * locked: no other file can have taken its name, and no interrupt of a thread closes it.
 */
final class FileStores {
    private static final int SEEK_END = 2;

    /** Bytes of one call. */
    private static final int CALL_BYTES_MAX = 64 << 10;

    /** The kernel takes bytes from native memory only; for as long as the thread lives. */
    private static final ThreadLocal<MemorySegment> COPY =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CALL_BYTES_MAX));

    private final int fd;

    /** Of whoever finds no native memory of its own, while connections have taken it all. */
    private final MemorySegment spare = Arena.ofAuto().allocate(CALL_BYTES_MAX);

    FileStores(int fd) {
        this.fd = fd;
    }

    /**
     * Stores all remaining bytes, and never makes the file longer.
     *
     * @throws StoreException EIO when the file ends before them, or the kernel refuses
     */
    void store(long fileOffset, ByteBuffer bytes) {
        try {
            long end = fileOffset + bytes.remaining();
            long size = size(fd);
            if (end > size) {
                throw StoreException.of(
                        Errno.EIO, "frame is not backed by the file: end=" + end + " size=" + size);
            }
            MemorySegment source = MemorySegment.ofBuffer(bytes);
            MemorySegment own = ownCopy();
            if (own != null) {
                store(fileOffset, source, own);
                return;
            }
            synchronized (spare) {
                store(fileOffset, source, spare);
            }
        } catch (Native.NativeException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot store: offset=" + fileOffset + " " + e.getMessage());
        }
    }

    /** Null when there is no memory for it: a store that fails would make the whole read-only. */
    private static MemorySegment ownCopy() {
        try {
            return COPY.get();
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    private void store(long fileOffset, MemorySegment source, MemorySegment copy) {
        for (long done = 0; done < source.byteSize(); ) {
            long count = Math.min(source.byteSize() - done, CALL_BYTES_MAX);
            MemorySegment part = copy.asSlice(0, count);
            part.copyFrom(source.asSlice(done, count));
            done += write(fd, part, fileOffset + done);
        }
    }

    /** The length of an open file; where its descriptor stands is nobody's concern. */
    private static long size(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            long size = (long) Downcalls.Lseek.HANDLE.invokeExact(state, fd, 0L, SEEK_END);
            Native.checked("lseek", (int) Math.min(size, 0), state);
            return size;
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Writes bytes of native memory; answers how many, perhaps fewer. */
    private static long write(int fd, MemorySegment bytes, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            long written =
                    (long)
                            Downcalls.Pwrite.HANDLE.invokeExact(
                                    state, fd, bytes, bytes.byteSize(), offset);
            if (written < 0 && Native.errno(state) == Native.EINTR) {
                return 0;
            }
            Native.checked("pwrite", (int) Math.min(written, 0), state);
            return written;
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }
}
