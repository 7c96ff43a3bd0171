package io.pramd.client;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe: what carries out asynchronous calls: the user's executor, or else virtual threads
 * where the JVM has them, or else a few daemon threads. Nothing is started before the first call.
 */
final class AsyncExecutor {
    private static final int THREADS_MAX = 64;
    private static final long THREAD_IDLE_SECONDS = 10;

    private final Executor given;
    private ExecutorService own; // guarded by this

    AsyncExecutor(Executor given) {
        this.given = given;
    }

    synchronized Executor executor() {
        if (given != null) {
            return given;
        }
        if (own == null) {
            own = start();
        }
        return own;
    }

    /** Ends the threads of its own; calls under way are interrupted. */
    synchronized void close() {
        if (own != null) {
            own.shutdownNow();
        }
    }

    private static ExecutorService start() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            return threads(); // a JVM before 21
        }
    }

    private static ExecutorService threads() {
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
