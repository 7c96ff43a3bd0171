package io.pramd.daemon.admin;

import io.pramd.daemon.layout.FileLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Immutable: what info says of one moment, as metrics. */
final class StoreFamilies {
    /** What level {@code interval} promises. */
    private static final double INTERVAL_SECONDS = 5;

    private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);

    private final Map<String, Object> info;

    /**
     * @param info by dotted key
     */
    StoreFamilies(Map<String, Object> info) {
        this.info = info;
    }

    void addTo(Families families) {
        memory(families);
        nodes(families);
        durability(families);
        recovery(families);
        scrub(families);
        connections(families);
        protection(families);
    }

    private void memory(Families families) {
        families.gauge("memory_bytes", "Size of the memory file.", number("memory.bytes"));
        long total = number("frames.total");
        families.gauge("memory_frames", "Frames of the memory file, 4096 bytes each.", total);
        if (!is("recovery.complete")) {
            return; // nobody knows yet
        }
        long fixed = total - FileLayout.usableFrames(total);
        long free = number("frames.free");
        long held = number("frames.held");
        Map<String, Long> states = new LinkedHashMap<>();
        states.put("free", free);
        states.put("used", Math.max(0, total - fixed - free - held));
        states.put("held", held);
        states.put("fixed", fixed);
        families.gauges(
                "frames",
                "Frames by state; held ones are reached by nothing any more and not yet free."
                        + " Absent until recovery is complete.",
                Families.by("state", states));
        families.gauge(
                "pinned_frames",
                "Of the held frames those that only open loads and peeks keep.",
                number("frames.pinned"));
    }

    private void nodes(Families families) {
        Map<String, Long> states = new LinkedHashMap<>();
        for (String state : List.of("ready", "saving", "loading", "quarantined")) {
            states.put(state, number("nodes." + state));
        }
        families.gauges("nodes", "Nodes by state.", Families.by("state", states));
        families.counter(
                "quarantines",
                "Nodes that were found damaged and quarantined.",
                number("quarantine.count"));
        families.counter(
                "expired_nodes",
                "Nodes that were dropped at the end of their time to live.",
                number("expiry.removed"));
    }

    private void durability(Families families) {
        families.counter("commits", "Roots that were committed.", number("commits.count"));
        families.counter(
                "forces",
                "Roots that were forced to the device; without a device there are none.",
                number("force.count"));
        families.gauge(
                "force_failed",
                "1 once the device has failed to take what was forced.",
                is("force.failed"));
        families.gauge(
                "last_forced_root_timestamp_seconds",
                "When this daemon last forced a root; 0: not yet.",
                seconds("force.lastMillis"));
        families.gauge(
                "unforced_age_seconds",
                "Age of the oldest committed change that no forced root reaches; 0: there is none.",
                seconds("force.unforcedMillis"));
        families.gauge(
                "unforced_age_limit_seconds",
                "Age that the level of the daemon allows: 0 at power, 5 at interval, none (+Inf) at"
                        + " process.",
                unforcedSecondsMax());
        families.gauge(
                "read_only",
                "1 once nothing can be changed any more until a start.",
                is("store.readOnly"));
    }

    private double unforcedSecondsMax() {
        return switch (String.valueOf(info.get("durability.default"))) {
            case "power" -> 0;
            case "interval" -> INTERVAL_SECONDS;
            default -> Double.POSITIVE_INFINITY;
        };
    }

    private void recovery(Families families) {
        families.gauge(
                "recovery_complete",
                "1 when all references are counted, so that changes are served.",
                is("recovery.complete"));
        families.gauge(
                "recovery_walk_seconds",
                "How long the counting of all references took at this start; 0: not done.",
                seconds("recovery.walkMillis"));
        families.gauge(
                "recovery_went_back",
                "1 when this start took an older root than the newest stored.",
                is("recovery.wentBack"));
    }

    private void scrub(Families families) {
        if (!info.containsKey("scrub.passes")) {
            return;
        }
        families.counter("scrub_passes", "Passes of the scrub.", number("scrub.passes"));
        families.counter(
                "scrub_bytes",
                "Bytes that the scrub has compared with their checksums.",
                number("scrub.bytesOfAll"));
        families.counter(
                "scrub_damaged", "Nodes that the scrub found damaged.", number("scrub.damaged"));
        families.gauge(
                "scrub_last_pass_timestamp_seconds",
                "When the last pass of the scrub ended; 0: never.",
                seconds("scrub.lastMillis"));
    }

    private void connections(Families families) {
        families.gauge("connections", "Open connections.", number("connections.open"));
        families.gauge(
                "connections_max",
                "Connections that are served at most.",
                number("limits.connectionsMax"));
        families.counter(
                "connections_accepted",
                "Connections that have come, refused ones too.",
                number("connections.accepted"));
        families.counter(
                "connections_refused",
                "Connections that were too many.",
                number("connections.refused"));
        Map<String, Long> kinds = new LinkedHashMap<>();
        kinds.put("save", number("streams.saving"));
        kinds.put("load", number("streams.loading"));
        families.gauges(
                "streams",
                "Open streams by kind; peeks count as loads.",
                Families.by("kind", kinds));
        families.gauge("draining", "1 while the daemon is about to stop.", is("server.draining"));
    }

    private void protection(Families families) {
        fault(families, "memory", "the name of the memory file");
        fault(families, "tls", "the certificates");
        fault(families, "access", "the rules");
        fault(families, "audit", "the audit log");
        if (info.containsKey("audit.lost")) {
            families.counter(
                    "audit_lost_entries",
                    "Lines of the audit log that could not be written.",
                    number("audit.lost"));
        }
    }

    private void fault(Families families, String what, String named) {
        if (info.get(what + ".fault") instanceof String text) {
            families.gauge(
                    what + "_fault",
                    "1 while there is something wrong with " + named + ".",
                    !text.isEmpty());
        }
    }

    private long number(String key) {
        return info.get(key) instanceof Long value ? value : 0;
    }

    private boolean is(String key) {
        return Boolean.TRUE.equals(info.get(key));
    }

    private double seconds(String millisKey) {
        return number(millisKey) / MILLIS;
    }
}
