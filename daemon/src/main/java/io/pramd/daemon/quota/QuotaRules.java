package io.pramd.daemon.quota;

import java.util.Map;

/**
 * Immutable. All limits in force.
 *
 * @param principals limits by the name of the principal that owns nodes
 * @param prefixes limits by what the names of nodes begin with; a node counts for every prefix that
 *     its name begins with
 * @param reservedBytes of the memory file that only savers who may use the reserve can take
 */
public record QuotaRules(
        Map<String, QuotaLimits> principals,
        Map<String, QuotaLimits> prefixes,
        long reservedBytes) {

    /** Nobody is limited. */
    public static final QuotaRules NONE = new QuotaRules(Map.of(), Map.of(), 0);

    public QuotaRules {
        principals = Map.copyOf(principals);
        prefixes = Map.copyOf(prefixes);
        if (reservedBytes < 0) {
            throw new IllegalArgumentException("reserve is below 0: bytes=" + reservedBytes);
        }
    }
}
