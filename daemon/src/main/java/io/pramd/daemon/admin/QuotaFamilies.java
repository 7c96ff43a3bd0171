package io.pramd.daemon.admin;

import io.pramd.daemon.quota.QuotaLimits;
import io.pramd.daemon.quota.QuotaRules;
import io.pramd.daemon.quota.Quotas;
import io.pramd.daemon.quota.Usage;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Immutable: how much of their quotas principals and prefixes use, as metrics. */
final class QuotaFamilies {
    /** Principals and prefixes, each the first by name. */
    private static final int NAMES_MAX = 500;

    private final Map<Labels, QuotaLimits> limits = new LinkedHashMap<>();
    private final Map<Labels, Usage> usage = new LinkedHashMap<>();

    QuotaFamilies(Quotas quotas) {
        QuotaRules rules = quotas.rules();
        if (!rules.principals().isEmpty()) {
            gather("principal", rules.principals(), quotas.usageByOwner());
        }
        if (!rules.prefixes().isEmpty()) {
            gather("prefix", rules.prefixes(), quotas.usageByPrefix());
        }
    }

    private void gather(String scope, Map<String, QuotaLimits> limited, Map<String, Usage> used) {
        limited.keySet().stream()
                .sorted()
                .limit(NAMES_MAX)
                .forEach(
                        name -> {
                            Labels labels = Labels.of("scope", scope, "name", name);
                            limits.put(labels, limited.get(name));
                            usage.put(labels, used.getOrDefault(name, Usage.NOTHING));
                        });
    }

    void addTo(Families families) {
        add(families, "bytes", "Bytes of pages", Usage::bytes, QuotaLimits::bytes);
        add(families, "nodes", "Nodes", Usage::nodes, QuotaLimits::nodes);
        add(families, "streams", "Open streams", Usage::streams, QuotaLimits::streams);
    }

    private void add(
            Families families,
            String what,
            String named,
            ToLongFunction<Usage> used,
            ToLongFunction<QuotaLimits> limit) {
        Map<Labels, Double> inUse = new LinkedHashMap<>();
        usage.forEach((labels, of) -> inUse.put(labels, (double) used.applyAsLong(of)));
        families.gauges("quota_used_" + what, named + " in use, of who has a quota.", inUse);
        Map<Labels, Double> most = new LinkedHashMap<>();
        limits.forEach(
                (labels, of) -> {
                    long value = limit.applyAsLong(of);
                    if (value != QuotaLimits.UNLIMITED) {
                        most.put(labels, (double) value);
                    }
                });
        families.gauges("quota_limit_" + what, named + " that may be in use.", most);
    }
}
