package io.pramd.daemon.node;

import io.pramd.daemon.layout.NodeType;
import java.util.Map;

/**
 * Immutable. What a saver asks for.
 *
 * @param replace whether a ready node of that name may be replaced
 * @param declaredBytes how much will come, or {@link #UNDECLARED}
 * @param deadlineMillis how long it may wait for the walk; -1: the store's default
 * @param connectionNumber of the saver's connection, in the order in which they were accepted
 */
public record SaveRequest(
        String name,
        NodeType type,
        boolean replace,
        SaveKey saveKey,
        long declaredBytes,
        Map<String, String> meta,
        long deadlineMillis,
        long connectionNumber) {

    /** The saver does not say how much will come. */
    public static final long UNDECLARED = -1;

    public SaveRequest {
        meta = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(meta));
    }
}
