package io.pramd.daemon.bench;

import io.pramd.daemon.memory.Background;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One owner. A daemon of which somebody takes the metrics and what a page shows, each once a second
 * while jobs run, and has done so for some minutes. Whoever looks is elsewhere in earnest: here it
 * gives way to the callers, on a plain connection, so that what is measured is what the daemon does
 * for it.
 */
final class Watched implements Contender {
    /** A page asks for what is new since its last question. */
    private static final String HISTORY = "api/v1/history?after=";

    private static final List<String> PATHS =
            List.of(
                    "metrics",
                    "api/v1/info",
                    HISTORY,
                    "api/v1/clients",
                    "api/v1/frames",
                    "api/v1/frames/summary",
                    "api/v1/nodes?limit=100");
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long EVERY_MILLIS = 1000;

    /** Looks until what answers them is compiled. */
    private static final int LOOKS_BEFORE = 300;

    private final Contender watched;
    private final URI admin;
    private long nextLook;

    /**
     * @param admin where to look: a URI that ends with a slash
     */
    Watched(Contender watched, String admin) {
        this.watched = watched;
        this.admin = URI.create(admin);
    }

    /** Looks as often as in some minutes. */
    void warmUp() throws IOException {
        try (Onlooker onlooker = new Onlooker(admin)) {
            for (int i = 0; i < LOOKS_BEFORE; i++) {
                lookAtAll(onlooker);
            }
        }
    }

    private static void lookAtAll(Onlooker onlooker) throws IOException {
        for (String path : PATHS) {
            onlooker.look(
                    path.equals(HISTORY)
                            ? path + (System.currentTimeMillis() - EVERY_MILLIS)
                            : path);
        }
    }

    @Override
    public String name() {
        return watched.name();
    }

    @Override
    public long serverPid() {
        return watched.serverPid();
    }

    @Override
    public void prepare(Verb verb) throws Exception {
        watched.prepare(verb);
    }

    @Override
    public Job job(Verb verb) {
        Job job = watched.job(verb);
        return () -> {
            // in the middle of each second: a job of one second has one look, not two
            nextLook = System.nanoTime() + EVERY_NANOS / 2;
            Watcher watcher = new Watcher();
            watcher.start();
            try {
                return job.run();
            } finally {
                watcher.end();
            }
        };
    }

    /** One owner: a job. */
    private final class Watcher {
        private final CountDownLatch over = new CountDownLatch(1);
        private final Thread thread =
                new Thread(Background.givingWay(this::watch), "bench-watcher");
        private Exception failure;

        void start() {
            thread.setDaemon(true);
            thread.start();
        }

        private void watch() {
            try (Onlooker onlooker = new Onlooker(admin)) { // an idle one would be closed
                while (!over.await(nextLook - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    nextLook = System.nanoTime() + EVERY_NANOS;
                    lookAtAll(onlooker);
                }
            } catch (IOException | InterruptedException | RuntimeException e) {
                failure = e;
            }
        }

        void end() throws InterruptedException {
            over.countDown();
            thread.join();
            if (failure != null) {
                throw new IllegalStateException("cannot look at the daemon", failure);
            }
        }
    }

    @Override
    public void close() throws IOException {
        watched.close();
    }
}
