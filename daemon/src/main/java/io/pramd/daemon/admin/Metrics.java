package io.pramd.daemon.admin;

import io.pramd.daemon.memory.ShortTurns;
import io.pramd.daemon.quota.Quotas;
import io.pramd.daemon.server.RequestMeter;
import io.pramd.daemon.server.Traffic;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Thread-safe: all that a daemon counts, in the formats of Prometheus. It knows no HTTP. Nothing is
 * computed before somebody asks.
 */
final class Metrics {
    private final ExpositionFormatWriter text = PrometheusTextFormatWriter.create();
    private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();
    private final JvmFamilies jvm = new JvmFamilies();
    private final String version;
    private final Meters meters;
    private final Sources sources;

    /**
     * Immutable: where the figures are that nobody counts for metrics alone. None of them blocks.
     *
     * @param info by dotted key
     */
    record Sources(Supplier<Map<String, Object>> info, Supplier<Traffic> traffic, Quotas quotas) {}

    /**
     * @param version of the daemon
     */
    Metrics(String version, Meters meters, Sources sources) {
        this.version = version;
        this.meters = meters;
        this.sources = sources;
    }

    /**
     * What {@link #write} writes.
     *
     * @param accept the types that are wanted, as HTTP has them; may be empty
     */
    String contentType(String accept) {
        return writer(accept).getContentType();
    }

    /** Writes all metrics as they are now, and gives way meanwhile. */
    void write(OutputStream out, String accept) throws IOException {
        ShortTurns turns = new ShortTurns();
        List<MetricSnapshot> all = new ArrayList<>(families(turns).all());
        turns.stride();
        jvm.now().forEach(all::add);
        turns.stride();
        MetricSnapshots sorted = new MetricSnapshots(all);
        writer(accept).write(new TakingTurns(out, turns), sorted);
    }

    private ExpositionFormatWriter writer(String accept) {
        return openMetrics.accepts(accept) ? openMetrics : text;
    }

    private Families families(ShortTurns turns) {
        Families families = new Families();
        families.info("build", "The version of the daemon.", Labels.of("version", version));
        requests(families);
        turns.stride();
        store(families);
        turns.stride();
        new StoreFamilies(sources.info().get()).addTo(families);
        turns.stride();
        new QuotaFamilies(sources.quotas()).addTo(families);
        return families;
    }

    private void requests(Families families) {
        Map<Labels, Double> results = new LinkedHashMap<>();
        Map<Labels, Durations> durations = new LinkedHashMap<>();
        for (String verb : RequestMeter.VERBS) {
            Meters.OfVerb of = meters.of(verb);
            of.results()
                    .forEach(
                            (result, count) -> {
                                long sum = count.sum();
                                if (sum > 0 || result.equals(RequestMeter.OK)) {
                                    results.put(
                                            Labels.of("verb", verb, "result", result),
                                            (double) sum);
                                }
                            });
            durations.put(Labels.of("verb", verb), of.durations());
        }
        families.counters(
                "requests",
                "Answered requests and ended streams, by what became of them: ok, an errno,"
                        + " aborted by the client, or lost with its connection.",
                results);
        families.histograms(
                "request_duration_seconds",
                "How long requests took. Of save, load, peek, salvage and backup it is the whole"
                        + " stream, of read the time to its first pages.",
                durations,
                Meters.REQUEST_NANOS);
        Traffic traffic = sources.traffic().get();
        families.counter(
                "saved_bytes", "Page data that has come from clients.", traffic.savedBytes());
        families.counter(
                "loaded_bytes", "Page data that was sent to clients.", traffic.loadedBytes());
    }

    private void store(Families families) {
        families.counter("committed_changes", "Changes that commits have made.", meters.changes());
        families.histogram(
                "commit_duration_seconds",
                "How long commits took, without forces.",
                meters.commits(),
                Meters.REQUEST_NANOS);
        families.histogram(
                "force_duration_seconds",
                "How long it took to force a root with all that it reaches.",
                meters.forces(),
                Meters.FORCE_NANOS);
    }
}
