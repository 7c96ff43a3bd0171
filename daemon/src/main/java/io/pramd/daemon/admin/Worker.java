package io.pramd.daemon.admin;

import io.pramd.daemon.memory.Background;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Thread-safe: the one thread that makes answers, one by one, so that all who ask together get no
 * more than one processor, and the rest of the daemon keeps the others.
 */
final class Worker implements Executor, AutoCloseable {
    /** As many as connections can ask: each has one request at a time. */
    private static final int WAITING_MAX = AdminServer.CONNECTIONS_MAX;

    private static final long CLOSE_SECONDS = 5;

    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(
                    1,
                    1,
                    0,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(WAITING_MAX),
                    task -> {
                        Thread worker =
                                new Thread(Background.givingWay(task), "pramd-admin-worker");
                        worker.setDaemon(true);
                        return worker;
                    });

    /** Fails with what the work throws; EAGAIN when too many wait. */
    CompletableFuture<Answer> work(Supplier<CompletionStage<Answer>> work) {
        try {
            return CompletableFuture.supplyAsync(work, this).thenCompose(stage -> stage);
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * For the rest of an answer that has waited for another thread, which has better things to do.
     *
     * @throws StoreException EAGAIN when too many wait
     */
    @Override
    public void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            throw StoreException.of(
                    Errno.EAGAIN, "too many requests are waiting: max=" + WAITING_MAX);
        }
    }

    /**
     * Forgets what waits, and ends behind what is being answered, or in some seconds. Never
     * interrupts: that would close the memory file for everybody, if it is being read.
     */
    @Override
    public void close() {
        thread.shutdown();
        thread.getQueue().clear();
        boolean isInterrupted = false;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        for (long left = end - System.nanoTime();
                left > 0 && !thread.isTerminated();
                left = end - System.nanoTime()) {
            try {
                thread.awaitTermination(left, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether nothing runs any more, behind {@link #close}. */
    boolean hasEnded() {
        return thread.isTerminated();
    }
}
