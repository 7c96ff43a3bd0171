package io.pramd.daemon.node;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One owner: whoever opens the store. The daemon threads that do what event loops must not. */
public final class StoreThreads implements AutoCloseable {
    /** Workers of a kind: more than cores, since they wait for page-in or for forces. */
    private static final int WORKERS = 8;

    private static final long CLOSE_WAIT_SECONDS = 30;

    private final ThreadPoolExecutor commits = pool(1, "pramd-commit");
    private final ThreadPoolExecutor forces = pool(1, "pramd-force");
    private final ThreadPoolExecutor workers = pool(WORKERS, "pramd-worker");
    private final ThreadPoolExecutor grants = pool(WORKERS, "pramd-grant");
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, named("pramd-timer"));

    private final Turns turns;

    /** Of a store that nobody serves in turns. */
    public StoreThreads() {
        this(Turns.NONE);
    }

    public StoreThreads(Turns turns) {
        this.turns = turns;
    }

    /** All work waits in line for one of so many. */
    private static ThreadPoolExecutor pool(int threads, String name) {
        return new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Starts all of them now. Else each is started by whoever first has work for it, and gives way
     * to others for ever if that one does, since Linux hands its niceness on.
     */
    public void startAll() {
        for (ThreadPoolExecutor executor : List.of(commits, forces, workers, grants, timer)) {
            executor.prestartAllCoreThreads();
        }
    }

    public StoreContext.Threads threads() {
        return new StoreContext.Threads(commits, forces, workers, grants, timer, turns);
    }

    /** As {@link #end}, whatever it answers. */
    @Override
    public void close() {
        end();
    }

    /**
     * Lets what has begun end, and answers whether all of it did in time: only then may the memory
     * be unmapped.
     */
    public boolean end() {
        boolean hasEnded = true;
        // each before those that it hands work to
        for (ExecutorService executor : List.of(commits, grants, forces, workers)) {
            executor.shutdown();
            hasEnded &= awaitEnd(executor);
        }
        timer.shutdownNow();
        return awaitEnd(timer) && hasEnded;
    }

    private static boolean awaitEnd(ExecutorService executor) {
        try {
            return executor.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
