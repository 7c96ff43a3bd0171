package io.pramd.daemon.server;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.node.Store;
import io.pramd.daemon.quota.QuotaLimits;
import io.pramd.daemon.quota.Usage;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Immutable: the store as one principal sees it that is no administrator: as if nothing were there
 * but what it has saved, and no more room than it may use.
 */
final class OwnInfo {
    private OwnInfo() {}

    /**
     * @param all what an administrator sees
     */
    static Map<String, Object> of(Store store, Caller caller, Map<String, Object> all) {
        Usage used = store.quotas().usage(caller.principal());
        QuotaLimits limits =
                store.quotas()
                        .rules()
                        .principals()
                        .getOrDefault(caller.principal(), QuotaLimits.NONE);
        long total = (long) all.get("frames.total");
        long free = (long) all.get("frames.free");
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("frames.total", Math.min(total, frames(limits.bytes())));
        own.put("frames.free", Math.min(free, frames(Math.max(0, limits.bytes() - used.bytes()))));
        own.put("frames.held", 0L);
        own.put("nodes.ready", used.nodes());
        own.put("nodes.quarantined", 0L);
        own.put("recovery.complete", all.get("recovery.complete"));
        own.put("principal.name", caller.principal());
        own.put("principal.grants", caller.grants());
        put(own, "bytes", used.bytes(), limits.bytes());
        put(own, "nodes", used.nodes(), limits.nodes());
        put(own, "streams", used.streams(), limits.streams());
        if (limits.largestNode() != QuotaLimits.UNLIMITED) {
            own.put("quota.largest.limit", limits.largestNode());
        }
        return own;
    }

    private static void put(Map<String, Object> own, String what, long used, long limit) {
        own.put("quota." + what + ".used", used);
        if (limit != QuotaLimits.UNLIMITED) {
            own.put("quota." + what + ".limit", limit);
        }
    }

    private static long frames(long bytes) {
        return bytes / FileLayout.FRAME_BYTES;
    }
}
