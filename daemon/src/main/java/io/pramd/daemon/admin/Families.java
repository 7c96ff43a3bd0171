package io.pramd.daemon.admin;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One owner: families of metrics, as one look at a daemon has found them. */
final class Families {
    private static final String PREFIX = "pramd_";

    private final List<MetricSnapshot> all = new ArrayList<>();

    List<MetricSnapshot> all() {
        return all;
    }

    void gauge(String name, String help, double value) {
        gauges(name, help, Map.of(Labels.EMPTY, value));
    }

    void gauge(String name, String help, boolean is) {
        gauge(name, help, is ? 1 : 0);
    }

    /** Nothing where there are no values. */
    void gauges(String name, String help, Map<Labels, Double> values) {
        if (values.isEmpty()) {
            return;
        }
        GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(PREFIX + name).help(help);
        values.forEach(
                (labels, value) ->
                        family.dataPoint(
                                GaugeDataPointSnapshot.builder()
                                        .labels(labels)
                                        .value(value)
                                        .build()));
        all.add(family.build());
    }

    /**
     * @param name without {@code _total}
     */
    void counter(String name, String help, double value) {
        counters(name, help, Map.of(Labels.EMPTY, value));
    }

    void counters(String name, String help, Map<Labels, Double> values) {
        CounterSnapshot.Builder family = CounterSnapshot.builder().name(PREFIX + name).help(help);
        values.forEach(
                (labels, value) ->
                        family.dataPoint(
                                CounterDataPointSnapshot.builder()
                                        .labels(labels)
                                        .value(value)
                                        .build()));
        all.add(family.build());
    }

    void histogram(String name, String help, Durations durations, long[] boundsNanos) {
        histograms(name, help, Map.of(Labels.EMPTY, durations), boundsNanos);
    }

    /** Of durations, in seconds. */
    void histograms(
            String name, String help, Map<Labels, Durations> durations, long[] boundsNanos) {
        double[] bounds = Arrays.copyOf(seconds(boundsNanos), boundsNanos.length + 1);
        bounds[boundsNanos.length] = Double.POSITIVE_INFINITY;
        HistogramSnapshot.Builder family =
                HistogramSnapshot.builder().name(PREFIX + name).help(help);
        durations.forEach(
                (labels, of) ->
                        family.dataPoint(
                                HistogramDataPointSnapshot.builder()
                                        .labels(labels)
                                        .classicHistogramBuckets(
                                                ClassicHistogramBuckets.of(
                                                        bounds, of.counts(boundsNanos)))
                                        .sum(of.sumSeconds())
                                        .build()));
        all.add(family.build());
    }

    private static double[] seconds(long[] nanos) {
        return Arrays.stream(nanos)
                .mapToDouble(bound -> bound / (double) TimeUnit.SECONDS.toNanos(1))
                .toArray();
    }

    /** What never changes, as labels. */
    void info(String name, String help, Labels labels) {
        all.add(
                InfoSnapshot.builder()
                        .name(PREFIX + name)
                        .help(help)
                        .dataPoint(InfoDataPointSnapshot.builder().labels(labels).build())
                        .build());
    }

    /** Values by one label, in this order. */
    static Map<Labels, Double> by(String label, Map<String, Long> values) {
        Map<Labels, Double> labelled = new LinkedHashMap<>();
        values.forEach((value, count) -> labelled.put(Labels.of(label, value), (double) count));
        return labelled;
    }
}
