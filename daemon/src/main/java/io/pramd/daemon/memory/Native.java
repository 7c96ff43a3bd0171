package io.pramd.daemon.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.pramd.daemon.layout.FileLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Thread-safe. The system calls that the JDK has no door to, each as one method: flock,
 * posix_fallocate, posix_fadvise, ftruncate, statfs, mmap, munmap, msync, sync_file_range, madvise,
 * mincore, renameat2. A call that fails throws {@link NativeException} with its errno.
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

    private static final int FS_NOCOW = 0x0080_0000;
    private static final long FS_IOC_GETFLAGS = 0x8008_6601L;

    /** More than any struct statfs, whose first field is f_type, a long. */
    private static final int STATFS_BYTES = 512;

    static final int ENOENT = 2;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int EWOULDBLOCK = 11;
    static final int EINVAL = 22;
    static final int EFBIG = 27;
    static final int ENOSPC = 28;
    static final int EOPNOTSUPP = 95;
    static final int EDQUOT = 122;

    private static final int AT_FDCWD = -100;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle OPEN =
            bindVariadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle CLOSE =
            bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle FLOCK =
            bind("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle FALLOCATE =
            bind(
                    "posix_fallocate",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FADVISE =
            bind(
                    "posix_fadvise",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle FTRUNCATE =
            bind("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle FSYNC =
            bind("fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle STATFS =
            bind("statfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle IOCTL =
            bindVariadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);
    private static final MethodHandle MMAP =
            bind(
                    "mmap",
                    FunctionDescriptor.of(
                            ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP =
            bind("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle MSYNC =
            bind("msync", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SYNC_FILE_RANGE =
            bind(
                    "sync_file_range",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MADVISE =
            bind("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MINCORE =
            bind("mincore", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle RENAMEAT2 =
            bind(
                    "renameat2",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));

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
            MemorySegment state = arena.allocate(STATE);
            int fd = (int) OPEN.invokeExact(state, arena.allocateFrom(path), access | O_CLOEXEC, 0);
            return checked("open", fd, state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked("close", (int) CLOSE.invokeExact(state, fd), state);
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
            MemorySegment state = arena.allocate(STATE);
            int result = (int) FLOCK.invokeExact(state, fd, operation);
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
            int error = (int) FALLOCATE.invokeExact(arena.allocate(STATE), fd, offset, bytes);
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
            int error = (int) FADVISE.invokeExact(arena.allocate(STATE), fd, 0L, 0L, advice);
            if (error != 0) {
                throw new NativeException("posix_fadvise", error);
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void truncate(int fd, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked("ftruncate", (int) FTRUNCATE.invokeExact(state, fd, bytes), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void fsync(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked("fsync", (int) FSYNC.invokeExact(state, fd), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The magic number of the file system of a path. */
    static long fileSystemType(String path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment answer = arena.allocate(STATFS_BYTES, Long.BYTES);
            int result = (int) STATFS.invokeExact(state, arena.allocateFrom(path), answer);
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
            int result = (int) IOCTL.invokeExact(arena.allocate(STATE), fd, FS_IOC_GETFLAGS, flags);
            return result >= 0 && (flags.get(JAVA_INT, 0) & FS_NOCOW) != 0;
        } catch (Throwable e) {
            throw unexpected(e);
        } finally {
            close(fd);
        }
    }

    static MemorySegment map(int fd, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment address =
                    (MemorySegment)
                            MMAP.invokeExact(
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
            MemorySegment state = arena.allocate(STATE);
            checked("munmap", (int) MUNMAP.invokeExact(state, mapping, mapping.byteSize()), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void sync(MemorySegment range) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked(
                    "msync",
                    (int) MSYNC.invokeExact(state, range, range.byteSize(), MS_SYNC),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Write-back of a range, begun or waited for; the device is not told to flush its cache. */
    static void syncFileRange(int fd, long offset, long bytes, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked(
                    "sync_file_range",
                    (int) SYNC_FILE_RANGE.invokeExact(state, fd, offset, bytes, flags),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void advise(MemorySegment range, int advice) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked(
                    "madvise",
                    (int) MADVISE.invokeExact(state, range, range.byteSize(), advice),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Whether all pages of a range are in the kernel's cache. */
    static boolean isResident(MemorySegment range) {
        long pages = range.byteSize() / FileLayout.FRAME_BYTES;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment resident = arena.allocate(pages);
            checked(
                    "mincore",
                    (int) MINCORE.invokeExact(state, range, range.byteSize(), resident),
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

    static void renameNoReplace(String from, String to) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result =
                    (int)
                            RENAMEAT2.invokeExact(
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

    private static int checked(String call, int result, MemorySegment state) {
        if (result < 0) {
            throw new NativeException(call, errno(state));
        }
        return result;
    }

    private static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof RuntimeException known) {
            return known;
        }
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("native call failed", e);
    }

    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                descriptor,
                Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle bindVariadic(
            String name, FunctionDescriptor descriptor, int firstVariadic) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                descriptor,
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(firstVariadic));
    }
}
