package io.pramd.daemon.admin;

import io.pramd.daemon.memory.Background;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Thread-safe: the one thread that makes answers, one by one, so that all who ask together get no
 * more than one processor, and the rest of the daemon keeps the others.
 */
final class Worker implements AutoCloseable {
    /** As many as connections can ask: each has one request at a time. */
    private static final int WAITING_MAX = AdminServer.CONNECTIONS_MAX;

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
            return CompletableFuture.supplyAsync(work, thread).thenCompose(stage -> stage);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    StoreException.of(
                            Errno.EAGAIN, "too many requests are waiting: max=" + WAITING_MAX));
        }
    }

    /** Never interrupts: that would close the memory file for everybody, if it is being read. */
    @Override
    public void close() {
        thread.getQueue().clear();
        thread.shutdown();
    }
}
