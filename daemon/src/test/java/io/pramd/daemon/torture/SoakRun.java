package io.pramd.daemon.torture;

import io.pramd.daemon.fixture.DaemonProcess;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One owner. A real daemon under full load, and what it holds of the machine meanwhile. */
final class SoakRun {
    private static final int WORKERS = 6;
    private static final int SAMPLES_MAX = 120;
    private static final long SAMPLE_MILLIS_MIN = 250;

    private final Path folder;
    private final Duration time;
    private final boolean isWatched;
    private final PrintWriter progress;

    /**
     * @param isWatched whether somebody looks at the daemon through its admin listener
     */
    SoakRun(Path folder, Duration time, boolean isWatched, PrintWriter progress) {
        this.folder = folder;
        this.time = time;
        this.isWatched = isWatched;
        this.progress = progress;
    }

    /** Runs from start to end; what workers found wrong, and what has grown, is counted. */
    Map<String, Long> round(long seed) throws Exception {
        Path memory = folder.resolve("memory");
        Files.deleteIfExists(memory);
        Map<String, String> environment = Map.of("PRAMD_OPTS", ProcessFigures.JVM_OPTIONS);
        Map<String, Long> figures = new LinkedHashMap<>();
        List<String> options = new ArrayList<>(List.of("--size", "512M"));
        if (isWatched) {
            options.addAll(List.of("--admin", "127.0.0.1:0"));
        }
        try (DaemonProcess daemon =
                        DaemonProcess.start(environment, memory, options.toArray(String[]::new));
                SoakWatch watch = isWatched ? new SoakWatch(daemon, seed, progress) : null;
                ExecutorService workers = Executors.newFixedThreadPool(WORKERS + 1)) {
            AtomicBoolean isOver = new AtomicBoolean();
            List<Future<SoakWorker>> running = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                running.add(workers.submit(new SoakWorker(daemon.uri(), i, seed, isOver::get)));
            }
            Future<SoakChecker> checker =
                    workers.submit(new SoakChecker(memory, daemon.uri(), isOver::get, progress));
            Samples samples;
            try {
                samples = sample(daemon.pid());
            } finally {
                isOver.set(true);
            }
            for (Future<SoakWorker> each : running) {
                add(figures, each.get());
            }
            figures.put("checks", checker.get().checks());
            figures.merge("wrong", checker.get().wrong(), Long::sum);
            samples.describe(figures);
            figures.put("samples", (long) samples.count());
            figures.put("leaked", samples.leaks());
            if (watch != null) {
                watch.end(figures);
            }
            figures.merge("failed", daemon.stop() == 0 ? 0L : 1L, Long::sum);
        }
        Files.deleteIfExists(memory);
        return figures;
    }

    private static void add(Map<String, Long> figures, SoakWorker worker) {
        figures.merge("verbs", worker.verbs(), Long::sum);
        figures.merge("mib", worker.bytes() >> 20, Long::sum);
        figures.merge("wrong", worker.wrong(), Long::sum);
        figures.merge("failed", worker.failed(), Long::sum);
    }

    /** Until the time is up, in which a run that was stopped by a signal is not at work. */
    private Samples sample(long pid) throws Exception {
        long millis = Math.max(SAMPLE_MILLIS_MIN, time.toMillis() / SAMPLES_MAX);
        long atWork = 0;
        Samples samples = new Samples();
        while (atWork < time.toMillis()) {
            long begin = System.nanoTime();
            TimeUnit.MILLISECONDS.sleep(millis);
            ProcessFigures now = ProcessFigures.of(pid);
            samples.add(now);
            progress.println("sample " + samples.count() + ": " + now);
            progress.flush();
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            atWork += Math.min(took, 2 * millis);
        }
        return samples;
    }
}
