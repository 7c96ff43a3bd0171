package io.pramd.daemon.admin;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Thread-safe: how many durations there were up to each bound, and their sum. Allocates nothing.
 */
final class Durations {
    /** Ten bounds to each power of ten, near enough to tell a percentile. */
    private static final int[] STEPS = {1000, 1250, 1600, 2000, 2500, 3200, 4000, 5000, 6300, 8000};

    /** The first and the last power of ten of a microsecond. */
    private static final int POWERS = 8;

    private final long[] boundsNanos;
    private final LongAdder[] counts;
    private final LongAdder sumNanos = new LongAdder();

    /**
     * @param boundsNanos ascending; what is longer than the last is counted too
     */
    Durations(long[] boundsNanos) {
        this.boundsNanos = boundsNanos.clone();
        this.counts = new LongAdder[boundsNanos.length + 1];
        Arrays.setAll(counts, i -> new LongAdder());
    }

    /** From a microsecond to 80 seconds. */
    static long[] fineBounds() {
        long[] bounds = new long[POWERS * STEPS.length];
        long power = 1;
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = STEPS[i % STEPS.length] * power;
            power *= i % STEPS.length == STEPS.length - 1 ? 10 : 1;
        }
        return bounds;
    }

    void add(long nanos) {
        int found = Arrays.binarySearch(boundsNanos, nanos);
        counts[found < 0 ? -found - 1 : found].increment();
        sumNanos.add(nanos);
    }

    /** Between each bound and the one before it, and beyond the last. */
    long[] counts() {
        long[] now = new long[counts.length];
        Arrays.setAll(now, i -> counts[i].sum());
        return now;
    }

    /** The same between others of the bounds. */
    long[] counts(long[] otherBounds) {
        long[] all = counts();
        long[] coarse = new long[otherBounds.length + 1];
        int bucket = 0;
        for (int i = 0; i < all.length; i++) {
            while (bucket < otherBounds.length
                    && (i == boundsNanos.length || boundsNanos[i] > otherBounds[bucket])) {
                bucket++;
            }
            coarse[bucket] += all[i];
        }
        return coarse;
    }

    double sumSeconds() {
        return sumNanos.sum() / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /**
     * The duration that a part of all does not exceed, as near as the bounds are.
     *
     * @param counts between the bounds; what is beyond the last counts as the last
     * @param part of 1
     * @return 0 when there are none
     */
    static double quantileNanos(long[] boundsNanos, long[] counts, double part) {
        long all = Arrays.stream(counts).sum();
        double rank = part * all;
        double before = 0;
        for (int i = 0; i < boundsNanos.length; i++) {
            if (counts[i] > 0 && before + counts[i] >= rank) {
                double least = i == 0 ? 0 : boundsNanos[i - 1];
                return least + (boundsNanos[i] - least) * (rank - before) / counts[i];
            }
            before += counts[i];
        }
        return all == 0 ? 0 : boundsNanos[boundsNanos.length - 1];
    }
}
