package io.pramd.daemon.quota;

import java.util.Map;

/**
 * Immutable. Who is limited to what. Somebody who is not named is not limited.
 *
 * @param principals limits by the name of a principal
 * @param prefixes limits by the prefix of the names that count
 * @param reservedBytes that are for principals with admin alone
 */
public record QuotaRules(
        Map<String, QuotaLimits> principals,
        Map<String, QuotaLimits> prefixes,
        long reservedBytes) {
    public static final QuotaRules NONE = new QuotaRules(Map.of(), Map.of(), 0);

    public QuotaRules {
        principals = Map.copyOf(principals);
        prefixes = Map.copyOf(prefixes);
    }
}
