package io.pramd.daemon.memory;

import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Immutable. The memory file as a file: created aside and named last, so that a kill leaves either
 * no file or a whole one; preallocated, so that no store meets a full device.
 */
public final class MemoryFile {
    private static final int ZEROS_BYTES = 1 << 20;

    private MemoryFile() {}

    /** Links the system calls that an opening makes, which takes far longer than making them. */
    public static void warmUp() {
        Downcalls.ofAnOpening();
    }

    /** Writes the first contents of a new file; what it writes is forced by the caller of this. */
    @FunctionalInterface
    public interface Contents {
        void write(FileChannel file) throws IOException;
    }

    /**
     * Creates a file of a size with first contents. An existing empty file is replaced, any other
     * is left untouched. The answer holds the lock, taken before the file got its name.
     *
     * @throws StoreException EEXIST when the file exists and is not empty, EBUSY when it is locked,
     *     ENOMEM when the device is full, EINVAL and EPERM as sharing says, EIO else; nothing is
     *     left behind then
     */
    public static FileLock create(Path path, long bytes, Sharing sharing, Contents contents) {
        Path aside =
                path.resolveSibling(path.getFileName() + ".new-" + ProcessHandle.current().pid());
        FileLock lock = null;
        try {
            requireReplaceable(path);
            Files.deleteIfExists(aside);
            Files.createFile(
                    aside,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            sharing.apply(aside);
            lock = FileLock.acquire(aside);
            preallocate(lock, 0, bytes);
            try (FileChannel file =
                    FileChannel.open(aside, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                contents.write(file);
                file.force(true);
            }
            takeName(aside, path);
            ForceMarker.forceFolderOf(path);
            return lock.renamed(path);
        } catch (IOException | RuntimeException e) {
            if (lock != null) {
                lock.close();
            }
            deleteQuietly(aside, e);
            if (e instanceof StoreException known) {
                throw known;
            }
            throw StoreException.of(
                    e instanceof IOException io ? PathFault.errno(io) : Errno.EIO,
                    "cannot create the memory file: file=" + path + " " + e);
        }
    }

    /** Refuses before a large file is made aside for nothing; what counts is asked again later. */
    private static void requireReplaceable(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw StoreException.of(Errno.ENOENT, "no such folder: folder=" + folder);
        }
        if (!Files.isWritable(folder)) {
            throw StoreException.of(Errno.EACCES, "folder cannot be written: folder=" + folder);
        }
        if (Files.exists(path)) {
            try (FileLock existing = FileLock.acquire(path)) {
                requireEmpty(existing.path());
            }
        }
    }

    private static void requireEmpty(Path path) throws IOException {
        if (Files.size(path) != 0) {
            throw StoreException.of(
                    Errno.EEXIST,
                    "file exists and is not empty: file=" + path + " size=" + Files.size(path));
        }
    }

    private static void deleteQuietly(Path aside, Exception first) {
        try {
            Files.deleteIfExists(aside);
        } catch (IOException e) {
            first.addSuppressed(e);
        }
    }

    private static void takeName(Path aside, Path path) throws IOException {
        try {
            Native.renameNoReplace(aside.toString(), path.toString());
            return;
        } catch (Native.NativeException e) {
            if (e.errno() == Native.EINVAL) {
                // a file system without RENAME_NOREPLACE: a hard link refuses an existing name as
                // well
                if (!Files.exists(path)) {
                    Files.createLink(path, aside);
                    Files.delete(aside);
                    return;
                }
            } else if (e.errno() != Native.EEXIST) {
                throw e;
            }
        }
        replaceEmpty(aside, path);
    }

    private static void replaceEmpty(Path aside, Path path) throws IOException {
        FileLock existing = FileLock.acquire(path);
        try {
            requireEmpty(path);
            Files.move(
                    aside,
                    path,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            existing.close();
        }
    }

    /**
     * Has the kernel forget what it has cached of a file that nobody maps, so that what is read
     * next is what the device has. What still looks unwritten is written first, and may fail to be
     * again: its pages are clean afterwards either way.
     *
     * @return what the device said, if it failed again
     * @throws StoreException EIO when the cache cannot be dropped
     */
    public static Optional<String> dropCached(FileLock lock) {
        Optional<String> failure = Optional.empty();
        try {
            Native.fsync(lock.fd());
        } catch (Native.NativeException e) {
            failure = Optional.of(e.getMessage());
        }
        try {
            Native.adviseFile(lock.fd(), Native.FADV_DONTNEED);
        } catch (Native.NativeException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot drop cached pages: file=" + lock.path() + " " + e);
        }
        return failure;
    }

    /**
     * Forces a file that nobody maps, with its size.
     *
     * @throws StoreException EIO when the device fails
     */
    public static void force(FileLock lock) {
        try {
            Native.fsync(lock.fd());
        } catch (Native.NativeException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot force the memory file: file=" + lock.path() + " " + e);
        }
    }

    /**
     * Cuts a file that nobody maps.
     *
     * @throws StoreException EIO
     */
    public static void truncate(FileLock lock, long bytes) {
        try {
            Native.truncate(lock.fd(), bytes);
        } catch (Native.NativeException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot cut the memory file: file=" + lock.path() + " " + e);
        }
    }

    /**
     * Makes the file longer. What lies behind the end that it should have is cut off first: a
     * shrink may have left it, with metadata that verifies at its place.
     *
     * @throws StoreException as {@link #preallocate}; the file ends at {@code end} then
     */
    public static void extend(FileLock lock, long end, long bytes) {
        try {
            if (Files.size(lock.path()) > end) {
                Native.truncate(lock.fd(), end);
            }
        } catch (IOException | Native.NativeException e) {
            throw StoreException.of(
                    Errno.EIO,
                    "cannot cut the memory file before it grows: file=" + lock.path() + " " + e);
        }
        preallocate(lock, end, bytes);
    }

    /**
     * Gives a range of the file its blocks, where it may not have them: by posix_fallocate, or
     * where that is unsupported by writing zeros behind the present end.
     *
     * @throws StoreException ENOMEM when the device is full or the file would be larger than it may
     *     be, EDQUOT at the user's quota; the file has its old size then
     */
    public static void preallocate(FileLock lock, long offset, long bytes) {
        try {
            long size = Files.size(lock.path());
            if (offset + bytes == size && hasAllBlocks(lock, size)) {
                return;
            }
            try {
                allocate(lock, size, offset, bytes);
            } catch (Native.NativeException | IOException e) {
                Native.truncate(lock.fd(), size);
                throw notAllocated(lock.path(), offset + bytes, e);
            }
        } catch (IOException | Native.NativeException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot preallocate the memory file: file=" + lock.path() + " " + e);
        }
    }

    /**
     * True when a file is known to have no hole. Asked of tmpfs only, where posix_fallocate visits
     * every page, so that its time would grow with the bytes stored, and where blocks are counted
     * for pages and nothing else. More blocks than bytes prove nothing: a last page that is large,
     * and reaches over the end, has some that could make up for those of a hole.
     */
    static boolean hasAllBlocks(FileLock lock, long size) throws IOException {
        return !FileSystem.of(lock.path()).isOnDevice() && Native.allocatedBytes(lock.fd()) == size;
    }

    private static void allocate(FileLock lock, long size, long offset, long bytes)
            throws IOException {
        try {
            Native.fallocate(lock.fd(), offset, bytes);
        } catch (Native.NativeException e) {
            if (e.errno() != Native.EOPNOTSUPP && e.errno() != Native.EINVAL) {
                throw e;
            }
            writeZeros(lock.path(), size, offset + bytes);
        }
    }

    private static StoreException notAllocated(Path path, long wanted, Exception e) {
        Errno errno =
                switch (e instanceof Native.NativeException known ? known.errno() : Native.ENOSPC) {
                    case Native.ENOSPC, Native.EFBIG -> Errno.ENOMEM;
                    case Native.EDQUOT -> Errno.EDQUOT;
                    default -> Errno.EIO;
                };
        return StoreException.of(
                errno,
                "cannot preallocate the memory file: file="
                        + path
                        + " wanted="
                        + wanted
                        + " usable="
                        + path.toFile().getUsableSpace()
                        + " "
                        + e.getMessage());
    }

    private static void writeZeros(Path path, long from, long to) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
            long at = from;
            while (at < to) {
                zeros.clear().limit((int) Math.min(ZEROS_BYTES, to - at));
                at += file.write(zeros, at);
            }
        }
    }
}
