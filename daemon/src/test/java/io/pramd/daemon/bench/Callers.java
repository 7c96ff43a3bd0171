package io.pramd.daemon.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** One owner. Makes many calls, so many at once, and takes the time of each. */
final class Callers implements AutoCloseable {
    /** More than these are virtual threads, as those of an {@code AsyncPramClient} are. */
    private static final int PLATFORM_THREADS_MAX = 16;

    private final int atOnce;
    private final ExecutorService threads;

    Callers(int atOnce) {
        this.atOnce = atOnce;
        threads =
                atOnce <= PLATFORM_THREADS_MAX
                        ? Executors.newFixedThreadPool(atOnce)
                        : Executors.newVirtualThreadPerTaskExecutor();
    }

    /** One call by one of the callers, which are numbered from 0. */
    @FunctionalInterface
    interface Call {
        void make(int caller, int index) throws Exception;
    }

    /** Makes the calls 0 to {@code count - 1}; answers how many nanoseconds each took. */
    long[] make(int count, Call call) throws InterruptedException, ExecutionException {
        long[] latencies = new long[count];
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < atOnce; i++) {
            int caller = i;
            running.add(
                    threads.submit(
                            () -> {
                                makeSome(caller, call, next, latencies);
                                return null;
                            }));
        }
        for (Future<?> one : running) {
            one.get();
        }
        return latencies;
    }

    private static void makeSome(int caller, Call call, AtomicInteger next, long[] latencies)
            throws Exception {
        for (int i = next.getAndIncrement(); i < latencies.length; i = next.getAndIncrement()) {
            long begin = System.nanoTime();
            call.make(caller, i);
            latencies[i] = System.nanoTime() - begin;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
