package io.pramd.daemon.node;

import io.pramd.daemon.layout.NodeType;
import java.util.Map;
import java.util.Optional;

/**
 * Immutable. What a loader asks for.
 *
 * @param quarantinedPfn 0: by name
 * @param type empty: any
 * @param peek whether the node stays
 * @param expectedMeta pairs that the node must carry
 * @param waitMillis how long to wait for the node to become ready; 0: not at all
 */
public record LoadRequest(
        String name,
        long quarantinedPfn,
        Optional<NodeType> type,
        boolean peek,
        Map<String, String> expectedMeta,
        long waitMillis) {}
