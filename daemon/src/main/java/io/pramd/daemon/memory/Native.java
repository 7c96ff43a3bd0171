package io.pramd.daemon.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.pramd.daemon.layout.FileLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Thread-safe. The system calls that the JDK has no door to, each as one method: flock,
 * posix_fallocate, posix_fadvise, ftruncate, statfs, statx, mmap, munmap, msync, sync_file_range,
 * madvise, mincore, renameat2. A call that fails throws {@link NativeException} with its errno.
 */
@SuppressWarnings("restricted")
final class Native {
    static final int LOCK_EX_NB = 2 | 4;
    static final int LOCK_SH_NB = 1 | 4;
    static final int PROT_READ_WRITE = 1 | 2;
    static final int MAP_SHARED_NORESERVE = 0x01 | 0x4000;
    static final int MS_SYNC = 4;
    static final int SYNC_FILE_RANGE_WRITE = 2;
    static final int SYNC_FILE_RANGE_WRITE_AND_WAIT = 1 | SYNC_FILE_RANGE_WRITE | 4;
    static final int MADV_POPULATE_READ = 22;
    static final int MADV_POPULATE_WRITE = 23;
    static final int FADV_DONTNEED = 4;
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CLOEXEC = 0x80000;
    static final int RENAME_NOREPLACE = 1;
    private static final int PRIO_PROCESS = 0;

    private static final int FS_NOCOW = 0x0080_0000;
    private static final long FS_IOC_GETFLAGS = 0x8008_6601L;

    /** More than any struct statfs, whose first field is f_type, a long. */
    private static final int STATFS_BYTES = 512;

    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BLOCKS = 0x400;

    /** Of struct statx, the same on every machine, unlike struct stat. */
    private static final int STATX_BYTES = 256;

    private static final int STATX_BLOCKS_OFFSET = 48;
    private static final int BLOCK_BYTES = 512;

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int EWOULDBLOCK = 11;
    static final int EINVAL = 22;
    static final int EFBIG = 27;
    static final int ENOSPC = 28;
    static final int ENOSYS = 38;
    static final int EOPNOTSUPP = 95;
    static final int EDQUOT = 122;

    private static final int AT_FDCWD = -100;

    private Native() {}

    /** What a call answered that failed: its name and the kernel's number. */
    static final class NativeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int errno;

        NativeException(String call, int errno) {
            super(call + " failed: errno=" + errno, null, false, true);
            this.errno = errno;
        }

        int errno() {
            return errno;
        }
    }

    static int open(String path) {
        return open(path, O_RDWR);
    }

    static int openReadOnly(String path) {
        return open(path, O_RDONLY);
    }

    private static int open(String path, int access) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            int fd =
                    (int)
                            Downcalls.Open.HANDLE.invokeExact(
                                    state, arena.allocateFrom(path), access | O_CLOEXEC, 0);
            return checked("open", fd, state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            checked("close", (int) Downcalls.Close.HANDLE.invokeExact(state, fd), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Whether the lock was taken; false when another open file description holds it. */
    static boolean tryLock(int fd) {
        return tryLock(fd, LOCK_EX_NB);
    }

    /** As {@link #tryLock(int)}, a lock that others may share. */
    static boolean tryLockShared(int fd) {
        return tryLock(fd, LOCK_SH_NB);
    }

    private static boolean tryLock(int fd, int operation) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            int result = (int) Downcalls.Flock.HANDLE.invokeExact(state, fd, operation);
            if (result != 0 && errno(state) == EWOULDBLOCK) {
                return false;
            }
            checked("flock", result, state);
            return true;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void fallocate(int fd, long offset, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            // posix_fallocate returns its error and leaves errno alone
            int error =
                    (int)
                            Downcalls.Fallocate.HANDLE.invokeExact(
                                    arena.allocate(Downcalls.STATE), fd, offset, bytes);
            if (error != 0) {
                throw new NativeException("posix_fallocate", error);
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Advice about a whole file. */
    static void adviseFile(int fd, int advice) {
        try (Arena arena = Arena.ofConfined()) {
            // as posix_fallocate: the error is returned
            int error =
                    (int)
                            Downcalls.Fadvise.HANDLE.invokeExact(
                                    arena.allocate(Downcalls.STATE), fd, 0L, 0L, advice);
            if (error != 0) {
                throw new NativeException("posix_fadvise", error);
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void truncate(int fd, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            checked(
                    "ftruncate",
                    (int) Downcalls.Ftruncate.HANDLE.invokeExact(state, fd, bytes),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void fsync(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            checked("fsync", (int) Downcalls.Fsync.HANDLE.invokeExact(state, fd), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The magic number of the file system of a path. */
    static long fileSystemType(String path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            MemorySegment answer = arena.allocate(STATFS_BYTES, Long.BYTES);
            int result =
                    (int)
                            Downcalls.Statfs.HANDLE.invokeExact(
                                    state, arena.allocateFrom(path), answer);
            checked("statfs", result, state);
            return answer.get(JAVA_LONG, 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Whether a copy-on-write file system was told to write this file or folder in place. */
    static boolean isWrittenInPlace(String path) {
        int fd = openReadOnly(path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(JAVA_LONG);
            int result =
                    (int)
                            Downcalls.Ioctl.HANDLE.invokeExact(
                                    arena.allocate(Downcalls.STATE), fd, FS_IOC_GETFLAGS, flags);
            return result >= 0 && (flags.get(JAVA_INT, 0) & FS_NOCOW) != 0;
        } catch (Throwable e) {
            throw unexpected(e);
        } finally {
            close(fd);
        }
    }

    static MemorySegment map(int fd, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            MemorySegment address =
                    (MemorySegment)
                            Downcalls.Mmap.HANDLE.invokeExact(
                                    state,
                                    MemorySegment.NULL,
                                    bytes,
                                    PROT_READ_WRITE,
                                    MAP_SHARED_NORESERVE,
                                    fd,
                                    0L);
            if (address.address() == -1L) {
                throw new NativeException("mmap", errno(state));
            }
            return address.reinterpret(bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void unmap(MemorySegment mapping) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            checked(
                    "munmap",
                    (int) Downcalls.Munmap.HANDLE.invokeExact(state, mapping, mapping.byteSize()),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void sync(MemorySegment range) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            checked(
                    "msync",
                    (int)
                            Downcalls.Msync.HANDLE.invokeExact(
                                    state, range, range.byteSize(), MS_SYNC),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Write-back of a range, begun or waited for; the device is not told to flush its cache. */
    static void syncFileRange(int fd, long offset, long bytes, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            checked(
                    "sync_file_range",
                    (int)
                            Downcalls.SyncFileRange.HANDLE.invokeExact(
                                    state, fd, offset, bytes, flags),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void advise(MemorySegment range, int advice) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            checked(
                    "madvise",
                    (int)
                            Downcalls.Madvise.HANDLE.invokeExact(
                                    state, range, range.byteSize(), advice),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Whether all pages of a range are in the kernel's cache. */
    static boolean isResident(MemorySegment range) {
        long pages = range.byteSize() / FileLayout.FRAME_BYTES;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            MemorySegment resident = arena.allocate(pages);
            checked(
                    "mincore",
                    (int)
                            Downcalls.Mincore.HANDLE.invokeExact(
                                    state, range, range.byteSize(), resident),
                    state);
            for (long i = 0; i < pages; i++) {
                if ((resident.get(JAVA_BYTE, i) & 1) == 0) {
                    return false;
                }
            }
            return true;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Bytes that have blocks of their own in an open file, wherever in it; 0 when nobody says. */
    static long allocatedBytes(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            MemorySegment answer = arena.allocate(STATX_BYTES, Long.BYTES);
            int result =
                    (int)
                            Downcalls.Statx.HANDLE.invokeExact(
                                    state,
                                    fd,
                                    arena.allocateFrom(""),
                                    AT_EMPTY_PATH,
                                    STATX_BLOCKS,
                                    answer);
            checked("statx", result, state);
            boolean isAnswered = (answer.get(JAVA_INT, 0) & STATX_BLOCKS) != 0;
            return isAnswered ? answer.get(JAVA_LONG, STATX_BLOCKS_OFFSET) * BLOCK_BYTES : 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void renameNoReplace(String from, String to) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            int result =
                    (int)
                            Downcalls.Renameat2.HANDLE.invokeExact(
                                    state,
                                    AT_FDCWD,
                                    arena.allocateFrom(from),
                                    AT_FDCWD,
                                    arena.allocateFrom(to),
                                    RENAME_NOREPLACE);
            checked("renameat2", result, state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Of the calling thread, which the kernel has a value of its own for. */
    static void setNiceness(int nice) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            int result =
                    (int) Downcalls.Setpriority.HANDLE.invokeExact(state, PRIO_PROCESS, 0, nice);
            checked("setpriority", result, state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int checked(String call, int result, MemorySegment state) {
        if (result < 0) {
            throw new NativeException(call, errno(state));
        }
        return result;
    }

    static int errno(MemorySegment state) {
        return (int) Downcalls.ERRNO.get(state, 0L);
    }

    static RuntimeException unexpected(Throwable e) {
        if (e instanceof RuntimeException known) {
            return known;
        }
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("native call failed", e);
    }
}
