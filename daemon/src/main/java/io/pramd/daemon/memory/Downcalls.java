package io.pramd.daemon.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * Immutable. The handles of {@link Native}'s calls. A handle takes milliseconds to make, and a
 * start needs few of them: each is made when it is first called, and is a constant for the compiler
 * then.
 */
@SuppressWarnings("restricted")
final class Downcalls {
    private static final Linker LINKER = Linker.nativeLinker();

    static final StructLayout STATE = Linker.Option.captureStateLayout();
    static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private Downcalls() {}

    /** In the order in which an opening comes to need them. */
    static List<MethodHandle> ofAnOpening() {
        return List.of(
                Open.HANDLE,
                Flock.HANDLE,
                Statfs.HANDLE,
                Statx.HANDLE,
                Mmap.HANDLE,
                Madvise.HANDLE);
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

    static final class Open {
        static final MethodHandle HANDLE =
                bindVariadic(
                        "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), 2);

        private Open() {}
    }

    static final class Close {
        static final MethodHandle HANDLE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

        private Close() {}
    }

    static final class Flock {
        static final MethodHandle HANDLE =
                bind("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

        private Flock() {}
    }

    static final class Fallocate {
        static final MethodHandle HANDLE =
                bind(
                        "posix_fallocate",
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));

        private Fallocate() {}
    }

    static final class Fadvise {
        static final MethodHandle HANDLE =
                bind(
                        "posix_fadvise",
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

        private Fadvise() {}
    }

    static final class Ftruncate {
        static final MethodHandle HANDLE =
                bind("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));

        private Ftruncate() {}
    }

    static final class Fsync {
        static final MethodHandle HANDLE = bind("fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

        private Fsync() {}
    }

    static final class Setpriority {
        static final MethodHandle HANDLE =
                bind("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

        private Setpriority() {}
    }

    static final class Statfs {
        static final MethodHandle HANDLE =
                bind("statfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

        private Statfs() {}
    }

    static final class Ioctl {
        static final MethodHandle HANDLE =
                bindVariadic(
                        "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);

        private Ioctl() {}
    }

    static final class Mmap {
        static final MethodHandle HANDLE =
                bind(
                        "mmap",
                        FunctionDescriptor.of(
                                ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
                                JAVA_LONG));

        private Mmap() {}
    }

    static final class Munmap {
        static final MethodHandle HANDLE =
                bind("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

        private Munmap() {}
    }

    static final class Msync {
        static final MethodHandle HANDLE =
                bind("msync", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

        private Msync() {}
    }

    static final class SyncFileRange {
        static final MethodHandle HANDLE =
                bind(
                        "sync_file_range",
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

        private SyncFileRange() {}
    }

    static final class Madvise {
        static final MethodHandle HANDLE =
                bind("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

        private Madvise() {}
    }

    static final class Mincore {
        static final MethodHandle HANDLE =
                bind("mincore", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));

        private Mincore() {}
    }

    static final class Renameat2 {
        static final MethodHandle HANDLE =
                bind(
                        "renameat2",
                        FunctionDescriptor.of(
                                JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));

        private Renameat2() {}
    }

    static final class Statx {
        static final MethodHandle HANDLE =
                bind(
                        "statx",
                        FunctionDescriptor.of(
                                JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));

        private Statx() {}
    }

    static final class Lseek {
        static final MethodHandle HANDLE =
                bind("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));

        private Lseek() {}
    }

    static final class Pwrite {
        static final MethodHandle HANDLE =
                bind(
                        "pwrite",
                        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));

        private Pwrite() {}
    }
}
