package io.pramd.client;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.pramd.protocol.Errno;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Thread-safe: what carries out asynchronous calls: the user's executor, or else virtual threads
 * where the JVM has them, or else a few daemon threads. Nothing is started before the first call.
 */
final class AsyncExecutor {
    private static final int THREADS_MAX = 64;
    private static final long THREAD_IDLE_SECONDS = 10;

    private final Executor given;
    private final Supplier<ExecutorService> starter;
    private ExecutorService own; // guarded by this
    private boolean closed; // guarded by this

    AsyncExecutor(Executor given) {
        this(given, AsyncExecutor::start);
    }

    AsyncExecutor(Executor given, Supplier<ExecutorService> starter) {
        this.given = given;
        this.starter = starter;
    }

    /** Has a thread carry out a call; one that no thread will take is completed here. */
    void execute(AsyncCall<?> call) {
        Executor executor = given == null ? own() : given;
        if (executor == null) {
            call.refuse(null);
            return;
        }
        try {
            executor.execute(call);
        } catch (RejectedExecutionException e) {
            call.refuse(e);
        }
    }

    /** A call that failed because it was interrupted by the end of the client says so. */
    synchronized NotSentException orClosed(NotSentException failed) {
        return closed && failed.errno() == Errno.EAGAIN
                ? new NotSentException(
                        "the client is closed: " + failed.getMessage(),
                        NotSentException.Reason.CLOSED,
                        failed)
                : failed;
    }

    /** Null when it has ended. */
    private synchronized ExecutorService own() {
        if (own == null && !closed) {
            own = starter.get();
        }
        return closed ? null : own;
    }

    /** Ends the threads of its own; calls under way are interrupted, and none is left waiting. */
    void close() {
        List<Runnable> waiting;
        synchronized (this) {
            closed = true;
            waiting = own == null ? List.of() : own.shutdownNow();
        }
        waiting.forEach(call -> ((AsyncCall<?>) call).refuse(null));
    }

    private static ExecutorService start() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            return threads(); // a JVM before 21
        }
    }

    static ExecutorService threads() {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(
                        THREADS_MAX,
                        THREADS_MAX,
                        THREAD_IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        new DefaultThreadFactory("pram-async", true));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}
