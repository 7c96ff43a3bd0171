package io.pramd.daemon.torture;

import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** One owner. Onlookers of a daemon under full load, and what the map holds when they have gone. */
final class SoakWatch implements AutoCloseable {
    private static final String MAP_THREAD = "pramd-map";

    /** Behind the last question a survey is kept for a minute. */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final DaemonProcess daemon;
    private final PrintWriter progress;
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final Onlookers onlookers;

    SoakWatch(DaemonProcess daemon, long seed, PrintWriter progress) {
        this.daemon = daemon;
        this.progress = progress;
        this.onlookers =
                new Onlookers(
                        daemon.admin(), null, seed, answers::incrementAndGet, this::tellWrong);
    }

    private void tellWrong(String text) {
        wrong.incrementAndGet();
        progress.println(text);
    }

    /** Sends the onlookers away, and waits until nothing is left of the map. */
    void end(Map<String, Long> figures) throws IOException, InterruptedException {
        boolean hadMap = hasMapThread();
        onlookers.close();
        long begin = System.nanoTime();
        progress.println("with a map: " + ProcessFigures.of(daemon.pid()));
        while (hasMapThread() && System.nanoTime() - begin < LIMIT_NANOS) {
            TimeUnit.SECONDS.sleep(1);
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        progress.println("without, after " + seconds + " s: " + ProcessFigures.of(daemon.pid()));
        figures.put("answersSeen", answers.get());
        figures.put("mapSeconds", seconds);
        figures.merge("wrong", wrong.get() + (hadMap ? 0 : 1), Long::sum);
        figures.merge("leaked", hasMapThread() ? 1L : 0L, Long::sum);
    }

    private boolean hasMapThread() throws IOException {
        Path tasks = Path.of("/proc/" + daemon.pid() + "/task");
        try (Stream<Path> threads = Files.list(tasks)) {
            return threads.anyMatch(thread -> name(thread).equals(MAP_THREAD));
        }
    }

    private static String name(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).strip();
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    @Override
    public void close() {
        onlookers.close();
    }
}
