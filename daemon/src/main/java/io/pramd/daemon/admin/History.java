package io.pramd.daemon.admin;

import io.pramd.daemon.server.RequestMeter;
import io.pramd.daemon.server.Traffic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Thread-safe: the last ten minutes of a daemon, second by second. It knows no HTTP and no time:
 * whoever has a clock calls {@link #sample} each second.
 */
final class History {
    /** Between two samples. */
    static final long STEP_MILLIS = 1000;

    static final int SAMPLES_MAX = 600;

    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double NANOS_OF_MICRO = TimeUnit.MICROSECONDS.toNanos(1);
    private static final double NANOS_OF_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Meters meters;
    private final Supplier<Map<String, Object>> info;
    private final Supplier<Traffic> traffic;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private Totals last;

    /**
     * Immutable: one second. Bytes, requests, commits and forces are of a second each.
     *
     * @param t when it ended, millis since the epoch; later than those of all before it
     * @param p50Micros half of the requests took no longer, whole streams left out; 0: none came
     * @param forceMaxMillis the longest force that ended in it; 0: none did
     */
    record Sample(
            long t,
            long savedBytes,
            long loadedBytes,
            long requests,
            double p50Micros,
            double p99Micros,
            long commits,
            long forces,
            double forceMaxMillis,
            long freeFrames,
            long connections,
            long streams) {}

    /** Immutable: what was counted up to a moment. */
    private record Totals(
            long nanos, Traffic traffic, long[] durations, long commits, long forces) {}

    /** Begins now: the first sample is of what comes from here on. */
    History(Meters meters, Supplier<Map<String, Object>> info, Supplier<Traffic> traffic) {
        this.meters = meters;
        this.info = info;
        this.traffic = traffic;
        this.last = totals(System.nanoTime(), info.get());
    }

    /**
     * Takes the sample that ends now. A tick that comes close behind one that was late is passed
     * over: what it would count is in the next sample. The times of samples rise, though a clock be
     * set back: whoever asks for what is later than the last one that he has gets every sample.
     *
     * @param nowMillis since the epoch
     * @param nowNanos as {@link System#nanoTime}
     */
    synchronized void sample(long nowMillis, long nowNanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nowNanos - last.nanos());
        if (millis < STEP_MILLIS / 2) {
            return;
        }
        Map<String, Object> figures = info.get();
        Totals now = totals(nowNanos, figures);
        Sample before = samples.peekLast();
        boolean isLater = before == null || nowMillis > before.t();
        samples.add(since(last, now, isLater ? nowMillis : before.t() + millis, figures));
        if (samples.size() > SAMPLES_MAX) {
            samples.remove();
        }
        last = now;
    }

    private Sample since(Totals before, Totals now, long nowMillis, Map<String, Object> figures) {
        double seconds = Math.max(1, now.nanos() - before.nanos()) / NANOS;
        long[] durations = new long[now.durations().length];
        Arrays.setAll(durations, i -> now.durations()[i] - before.durations()[i]);
        Traffic moved = now.traffic();
        Traffic movedBefore = before.traffic();
        return new Sample(
                nowMillis,
                rate(moved.savedBytes() - movedBefore.savedBytes(), seconds),
                rate(moved.loadedBytes() - movedBefore.loadedBytes(), seconds),
                rate(moved.requests() - movedBefore.requests(), seconds),
                micros(durations, 0.5),
                micros(durations, 0.99),
                rate(now.commits() - before.commits(), seconds),
                rate(now.forces() - before.forces(), seconds),
                tenths(meters.takeLongestForceNanos() / NANOS_OF_MILLI),
                number(figures, "frames.free"),
                number(figures, "connections.open"),
                number(figures, "streams.saving") + number(figures, "streams.loading"));
    }

    private static long rate(long count, double seconds) {
        return Math.round(count / seconds);
    }

    private static double micros(long[] durations, double part) {
        return tenths(Durations.quantileNanos(Meters.FINE_NANOS, durations, part) / NANOS_OF_MICRO);
    }

    private static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }

    private Totals totals(long nanos, Map<String, Object> figures) {
        long[] durations = new long[Meters.FINE_NANOS.length + 1];
        for (String verb : RequestMeter.VERBS) {
            if (!RequestMeter.STREAM_VERBS.contains(verb)) {
                long[] counts = meters.of(verb).durations().counts();
                Arrays.setAll(durations, i -> durations[i] + counts[i]);
            }
        }
        return new Totals(
                nanos,
                traffic.get(),
                durations,
                number(figures, "commits.count"),
                number(figures, "force.count"));
    }

    private static long number(Map<String, Object> figures, String key) {
        return figures.get(key) instanceof Long value ? value : 0;
    }

    /** Samples that ended later than this, the oldest first. */
    synchronized List<Sample> after(long millis) {
        List<Sample> later = new ArrayList<>();
        for (Sample sample : samples) {
            if (sample.t() > millis) {
                later.add(sample);
            }
        }
        return later;
    }
}
