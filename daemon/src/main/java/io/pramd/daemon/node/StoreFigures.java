package io.pramd.daemon.node;

import io.pramd.daemon.quota.QuotaFigures;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;

/** Thread-safe. Figures of a store for people and monitoring, by dotted name. */
final class StoreFigures {
    private final StoreContext context;
    private final NodeTable table;
    private final CompletableFuture<Changes> changes;
    private final StoreHealth health;
    private final Expiry expiry;
    private final StoreMetering metering;
    private volatile Supplier<String> progress = () -> "walk not begun";
    private volatile Supplier<List<String>> report = List::of;
    private final List<Supplier<Map<String, Object>>> others = new CopyOnWriteArrayList<>();

    StoreFigures(
            StoreContext context,
            NodeTable table,
            CompletableFuture<Changes> changes,
            StoreHealth health,
            Expiry expiry,
            StoreMetering metering) {
        this.expiry = expiry;
        this.metering = metering;
        this.context = context;
        this.table = table;
        this.changes = changes;
        this.health = health;
    }

    void walking(Supplier<String> newProgress) {
        progress = newProgress;
    }

    void reporting(Supplier<List<String>> lines) {
        report = lines;
    }

    void alsoInforming(Supplier<Map<String, Object>> figures) {
        others.add(figures);
    }

    String progress() {
        return progress.get();
    }

    /** Long, Boolean, String or lines; never blocks for I/O. */
    Map<String, Object> all() {
        boolean complete = changes.isDone();
        Reclaimer.Figures frames = complete ? changes.join().frames() : Reclaimer.Figures.NONE;
        Map<String, Object> info = context.memory().info(); // behind them: no more than all is free
        info.put("frames.free", frames.free());
        info.put("frames.held", frames.held());
        info.put("frames.pinned", frames.pinned());
        for (State state : List.of(State.READY, State.SAVING, State.LOADING, State.QUARANTINED)) {
            info.put("nodes." + state.name().toLowerCase(Locale.ROOT), table.count(state));
        }
        info.put("quarantine.count", table.quarantined().total());
        info.put("nodes.expiring", expiry.expiring());
        info.put("expiry.removed", expiry.removed());
        info.put("expiry.nextMillis", expiry.nextMillis());
        QuotaFigures.addTo(info, context.quotas());
        info.put("directory.pages", figure(Changes::directoryPages));
        info.put("root.sequence", figure(Changes::rootSequence));
        info.put("commits.count", metering.commits());
        info.put("force.unforcedMillis", Math.ceilDiv(frames.unforcedNanos(), 1_000_000L));
        info.put("force.count", figure(Changes::forces));
        info.put("force.lastMillis", figure(Changes::lastForcedMillis));
        info.put("force.longestMillis", figure(Changes::longestForceMillis));
        info.put("force.failed", context.memory().forcer().hasFailed());
        info.put("store.readOnly", health.isReadOnly());
        info.put("store.readOnlyReason", health.reason());
        info.put(
                "durability.default",
                context.promised(Optional.empty()).name().toLowerCase(Locale.ROOT));
        info.put("recovery.complete", complete);
        info.put("recovery.progress", progress.get());
        info.put("recovery.report", report.get());
        others.forEach(figures -> info.putAll(figures.get()));
        return info;
    }

    private long figure(Function<Changes, Long> figure) {
        return changes.isDone() ? figure.apply(changes.join()) : 0;
    }
}
