package io.pramd.daemon.node;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One owner: whoever opens the store. The daemon threads that do what event loops must not. */
public final class StoreThreads implements AutoCloseable {
    /** Workers: more than cores, since they wait for page-in and for forces. */
    private static final int WORKERS = 8;

    private static final long CLOSE_WAIT_SECONDS = 30;

    private final ExecutorService commits =
            Executors.newSingleThreadExecutor(named("pramd-commit"));
    private final ExecutorService forces = Executors.newSingleThreadExecutor(named("pramd-force"));
    private final ExecutorService workers =
            Executors.newFixedThreadPool(WORKERS, named("pramd-worker"));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(named("pramd-timer"));

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
    }

    public StoreContext.Threads threads() {
        return new StoreContext.Threads(commits, forces, workers, timer);
    }

    /** Waits for what has begun; nothing may touch the memory behind this. */
    @Override
    public void close() {
        timer.shutdownNow();
        for (ExecutorService executor : java.util.List.of(commits, workers, forces)) {
            executor.shutdown();
            awaitQuietly(executor);
        }
    }

    private static void awaitQuietly(ExecutorService executor) {
        try {
            executor.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
