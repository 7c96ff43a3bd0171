package io.pramd.daemon.memory;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.pramd.daemon.memory.Native.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Immutable. How the descriptor of a socket behaves that another process has opened, or that no
 * event loop waits for. Nothing else in the JDK or in Netty changes that.
 */
@SuppressWarnings("restricted")
public final class SocketDescriptor {
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int FD_CLOEXEC = 1;
    private static final int O_NONBLOCK = 0x800;

    private static final MethodHandle FCNTL =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("fcntl"),
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                            Linker.Option.captureCallState("errno"),
                            Linker.Option.firstVariadicArg(2));

    private SocketDescriptor() {}

    /**
     * Calls on it answer at once, as event loops need it; for all who share the socket. What this
     * process starts does not get it.
     *
     * @throws IllegalStateException when it is no open descriptor
     */
    public static void forEventLoop(int fd) {
        setBlocking(fd, false);
    }

    /** Calls on it wait. What this process starts does not get it. */
    public static void forThread(int fd) {
        setBlocking(fd, true);
    }

    private static void setBlocking(int fd, boolean isBlocking) {
        try {
            int flags = fcntl(fd, F_GETFL, 0);
            fcntl(fd, F_SETFL, isBlocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
            fcntl(fd, F_SETFD, FD_CLOEXEC);
        } catch (NativeException e) {
            throw new IllegalStateException("no open descriptor: fd=" + fd, e);
        }
    }

    private static int fcntl(int fd, int command, int argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Downcalls.STATE);
            int result = (int) FCNTL.invokeExact(state, fd, command, argument);
            return Native.checked("fcntl", result, state);
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }
}
