package io.pramd.daemon.node;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Drops nodes whose time to live is over, as if somebody had removed them: all that
 * are due at a look go by shared commits, and a kill leaves each of them whole or gone. It looks at
 * the earliest expiry, by the wall clock, and at the latest a minute later, whatever that clock has
 * done meanwhile; never twice within a second. Of nodes in use the end of the use makes it look.
 */
final class Expiry {
    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);

    private static final long BETWEEN_LOOKS_MILLIS = 1000;
    private static final long LOOK_MILLIS_MAX = 60_000;

    /** Nodes whose pages are read before the first of them are dropped. */
    private static final int BATCH = 1024;

    private final StoreContext context;
    private final ExpiringNodes nodes;
    private final NodeDescriber describer;
    private final BooleanSupplier isReadOnly;
    private final LongAdder removed = new LongAdder();
    private volatile Changes changes; // null before the walk is done
    private volatile boolean hasSeenAny; // where nothing expires a save asks for nothing
    private volatile long plannedMillis = SlotNumbers.NONE;
    private ScheduledFuture<?> planned; // null: none
    private long lastLookMillis;

    Expiry(
            StoreContext context,
            ExpiringNodes nodes,
            NodeDescriber describer,
            BooleanSupplier isReadOnly) {
        this.context = context;
        this.nodes = nodes;
        this.describer = describer;
        this.isReadOnly = isReadOnly;
        nodes.waking(this::wake);
    }

    /** The walk is done: nodes may go. */
    void begin(Changes ready) {
        changes = ready;
        if (nodes.count() > 0) {
            hasSeenAny = true;
            plan(nodes.nextAfter(0));
        }
    }

    /** From under the table's monitor: takes no other lock. */
    private void wake(long atMillis) {
        hasSeenAny = true;
        if (changes != null && atMillis < plannedMillis) {
            try {
                context.threads().workers().execute(() -> plan(atMillis));
            } catch (RejectedExecutionException e) {
                LOG.debug("the store ends: {}", e.getMessage());
            }
        }
    }

    private synchronized void plan(long atMillis) {
        if (atMillis == SlotNumbers.NONE || isReadOnly.getAsBoolean()) {
            return;
        }
        long now = context.clock().millis();
        long wanted = Math.max(atMillis, lastLookMillis + BETWEEN_LOOKS_MILLIS);
        long delay = Math.clamp(wanted - now, 0, LOOK_MILLIS_MAX);
        if (planned != null && plannedMillis <= now + delay) {
            return;
        }
        if (planned != null) {
            planned.cancel(false);
        }
        try {
            planned =
                    context.threads()
                            .timer()
                            .schedule(
                                    () -> context.threads().workers().execute(this::look),
                                    delay,
                                    TimeUnit.MILLISECONDS);
            plannedMillis = now + delay;
        } catch (RejectedExecutionException e) {
            LOG.debug("the store ends: {}", e.getMessage());
        }
    }

    /**
     * Has all dropped that are due and not in use. Blocks for cold node pages; for workers only.
     */
    void look() {
        long now;
        synchronized (this) {
            now = context.clock().millis();
            lastLookMillis = now;
            planned = null;
            plannedMillis = SlotNumbers.NONE;
        }
        if (isReadOnly.getAsBoolean()) {
            return;
        }
        dropDue(now);
    }

    /** A batch, and when that is gone the next, so that others come to their turn between them. */
    private void dropDue(long now) {
        List<Listed.AtRest> due = nodes.due(now, BATCH);
        long before = removed();
        CompletableFuture<?>[] gone =
                due.stream().map(this::drop).toArray(CompletableFuture<?>[]::new);
        if (due.size() < BATCH) {
            plan(nodes.nextAfter(now));
            return;
        }
        CompletableFuture.allOf(gone).thenRun(() -> goOn(now, removed() > before));
    }

    /** Where none of a batch could be dropped the next one is tried later. */
    private void goOn(long now, boolean hasRemoved) {
        if (!hasRemoved || isReadOnly.getAsBoolean()) {
            plan(now);
            return;
        }
        try {
            context.threads().workers().execute(() -> dropDue(now));
        } catch (RejectedExecutionException e) {
            LOG.debug("the store ends: {}", e.getMessage());
        }
    }

    private CompletableFuture<Void> drop(Listed.AtRest place) {
        return describer
                .describe(place)
                .flatMap(info -> nodes.leave(place, info.name()))
                .map(this::drop)
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    private CompletableFuture<Void> drop(Node node) {
        CompletableFuture<Void> gone = node.expiring;
        changes.drop(node, State.READY)
                .whenComplete(
                        (sequence, why) -> {
                            if (why == null) {
                                removed.increment();
                            } else {
                                stays(node, why);
                            }
                            gone.complete(null);
                        });
        return gone;
    }

    private void stays(Node node, Throwable why) {
        if (!isReadOnly.getAsBoolean()) {
            LOG.warn("node stays though its time is over: name={} {}", node.name, why.getMessage());
            wake(context.clock().millis());
        }
    }

    /**
     * Completes when no node of that name is in the way only because nobody has dropped it yet. One
     * that could not be dropped is still there.
     */
    CompletableFuture<Void> clear(String name) {
        Optional<ExpiringNodes.InTheWay> node = hasSeenAny ? nodes.clear(name) : Optional.empty();
        if (node.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return node.get().isLeaving() ? node.get().node().expiring : drop(node.get().node());
    }

    /** Nodes that went because their time was over, since the start. */
    long removed() {
        return removed.sum();
    }

    /** Nodes that have a time to live. */
    long expiring() {
        return nodes.count();
    }

    /** When the next node expires, ms since the epoch; 0: none does. */
    long nextMillis() {
        long next = nodes.nextAfter(0);
        return next == SlotNumbers.NONE ? 0 : next;
    }
}
