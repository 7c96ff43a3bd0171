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
 * @param salvage whether it goes on behind what does not verify; a peek then
 * @param waitMillis how long to wait for the node to become ready; 0: not at all
 */
public record LoadRequest(
        String name,
        long quarantinedPfn,
        Optional<NodeType> type,
        boolean peek,
        boolean salvage,
        Map<String, String> expectedMeta,
        long waitMillis) {

    /** Of a node that has to verify. */
    public LoadRequest(
            String name,
            long quarantinedPfn,
            Optional<NodeType> type,
            boolean peek,
            Map<String, String> expectedMeta,
            long waitMillis) {
        this(name, quarantinedPfn, type, peek, false, expectedMeta, waitMillis);
    }

    /** What can still be read of a node, by its name, or by its pfn when it is quarantined. */
    public static LoadRequest salvaging(String name, long quarantinedPfn) {
        return new LoadRequest(name, quarantinedPfn, Optional.empty(), true, true, Map.of(), 0);
    }
}
