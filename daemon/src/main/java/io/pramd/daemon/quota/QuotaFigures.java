package io.pramd.daemon.quota;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.LongFunction;

/** Immutable. What info says of the quotas, by dotted name. */
public final class QuotaFigures {
    /** Principals, and prefixes, that info names at most: the first by name. */
    private static final int NAMED_MAX = 64;

    /** What all figures of principals, or of prefixes, take of an answer of 64 KiB. */
    private static final int BYTES_MAX = 16 << 10;

    /** Figures of one, and what one takes on the wire beside its name. */
    private static final int FIGURES = 7;

    private static final int FIGURE_BYTES = 45;

    /** So that a key is no longer than one may be. */
    private static final int NAME_BYTES_MAX = 200;

    private QuotaFigures() {}

    /** Adds all figures. */
    public static void addTo(Map<String, Object> info, Quotas quotas) {
        QuotaRules rules = quotas.rules();
        info.put("quota.counting", quotas.counting());
        info.put("quota.reserved.bytes", quotas.reservedBytes());
        add(info, "quota.principal.", rules.principals(), quotas.usageByOwner());
        add(info, "quota.prefix.", rules.prefixes(), quotas.usageByPrefix());
    }

    private static void add(
            Map<String, Object> info,
            String begin,
            Map<String, QuotaLimits> limits,
            Map<String, Usage> usage) {
        int bytes = 0;
        for (String name : limits.keySet().stream().sorted().limit(NAMED_MAX).toList()) {
            int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
            bytes += nameBytes > NAME_BYTES_MAX ? 0 : FIGURES * (nameBytes + FIGURE_BYTES);
            if (nameBytes <= NAME_BYTES_MAX && bytes <= BYTES_MAX) {
                add(info, begin + name, limits.get(name), usage.getOrDefault(name, Usage.NOTHING));
            }
        }
    }

    private static void add(
            Map<String, Object> info, String whose, QuotaLimits limits, Usage usage) {
        LongFunction<Object> said = limit -> limit == QuotaLimits.UNLIMITED ? "unlimited" : limit;
        info.put(whose + ".bytes.used", usage.bytes());
        info.put(whose + ".bytes.limit", said.apply(limits.bytes()));
        info.put(whose + ".nodes.used", usage.nodes());
        info.put(whose + ".nodes.limit", said.apply(limits.nodes()));
        info.put(whose + ".streams.used", usage.streams());
        info.put(whose + ".streams.limit", said.apply(limits.streams()));
        info.put(whose + ".largest.limit", said.apply(limits.largestNode()));
    }
}
