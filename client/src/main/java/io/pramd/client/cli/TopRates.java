package io.pramd.client.cli;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Immutable: how fast a daemon works, per second, between two looks at its figures; not a number
 * where that is not known.
 */
record TopRates(
        double savedBytes, double loadedBytes, double requests, double commits, double forces) {
    static final TopRates UNKNOWN =
            new TopRates(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    static TopRates between(TopFigures earlier, TopFigures later, long nanos) {
        return new TopRates(
                rate("traffic.savedBytes", earlier, later, nanos),
                rate("traffic.loadedBytes", earlier, later, nanos),
                rate("requests.answered", earlier, later, nanos),
                rate("commits.count", earlier, later, nanos),
                rate("force.count", earlier, later, nanos));
    }

    private static double rate(String key, TopFigures earlier, TopFigures later, long nanos) {
        OptionalLong from = earlier.count(key);
        OptionalLong to = later.count(key);
        if (from.isEmpty() || to.isEmpty() || nanos <= 0 || to.getAsLong() < from.getAsLong()) {
            return Double.NaN; // less than before: it was restarted
        }
        return (to.getAsLong() - from.getAsLong()) * NANOS_PER_SECOND / nanos;
    }
}
