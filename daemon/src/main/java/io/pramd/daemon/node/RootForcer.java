package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Thread-safe. Makes the current root durable: the one forcer through which every forced root goes.
 */
final class RootForcer {
    private final StoreContext context;
    private final StoreMetering metering;
    private final RootSlots forcedSlots;
    private final RunRecord run;
    private final Reclaimer reclaimer;
    private final UnforcedChanges unforced;
    private final Consumer<StoreException> failed;
    private CompletableFuture<Root> waiting;
    private volatile long lastForcedSequence;
    private volatile long lastForcedMillis;
    private volatile long forces;
    private volatile long longestNanos;

    /** What a forcer works on. */
    record Parts(
            StoreContext context,
            StoreMetering metering,
            Reclaimer reclaimer,
            UnforcedChanges unforced) {}

    RootForcer(Parts parts, OpenedRoot opened, Consumer<StoreException> failed) {
        this.context = parts.context();
        this.metering = parts.metering();
        this.forcedSlots = opened.forcedSlots();
        this.run = opened.run();
        this.reclaimer = parts.reclaimer();
        this.unforced = parts.unforced();
        this.failed = failed;
        this.lastForcedSequence = opened.isForced() ? opened.root().sequence() : 0;
    }

    /**
     * A root at least as new as the one current now will be forced; requests that wait for the
     * device share one. Without a device the current root is in a forced slot already, which the
     * committer alone writes.
     */
    synchronized CompletableFuture<Root> request() {
        if (!context.memory().isOnDevice()) {
            return CompletableFuture.completedFuture(reclaimer.currentRoot());
        }
        CompletableFuture<Root> shared = waiting;
        if (shared == null) {
            shared = new CompletableFuture<>();
            waiting = shared;
            context.threads().forces().execute(this::forceOnce);
        }
        return shared;
    }

    /** The same, unless the current root has been forced; nobody waits for it. */
    void requestIfNewer() {
        if (reclaimer.currentRoot().sequence() > lastForcedSequence) {
            request();
        }
    }

    private void forceOnce() {
        CompletableFuture<Root> requests;
        synchronized (this) {
            requests = waiting;
            // who asks from here on may have committed after the root below was taken
            waiting = null;
        }
        try {
            requests.complete(force());
        } catch (StoreException e) {
            fail(requests, e);
        } catch (RuntimeException | Error e) {
            fail(requests, StoreException.outcomeUnknown("a force failed inside the daemon: " + e));
        }
    }

    private void fail(CompletableFuture<Root> requests, StoreException why) {
        failed.accept(why); // first, so that whoever hears of it finds the store read-only
        unforced.fail(why);
        requests.completeExceptionally(why);
    }

    private Root force() {
        long begin = System.nanoTime();
        long meteredBegin = metering.begin();
        Root root = reclaimer.beginForce(); // 1. from here on its frames are protected
        run.during(root.sequence(), () -> forceWithSlot(root)); // noted while it lasts
        run.rootForced();
        context.crashPoints().reached(CrashPoint.ROOT_FORCED);
        lastForcedMillis = System.currentTimeMillis();
        lastForcedSequence = root.sequence();
        forces++;
        longestNanos = Math.max(longestNanos, System.nanoTime() - begin);
        metering.forced(meteredBegin);
        // 5. what was promised to be there for good before anybody sees it may be seen, ...
        List<PendingChange> seen = unforced.publish(root.sequence());
        reclaimer.forced(root); // 6. older roots cannot come back any more
        seen.forEach(PendingChange::succeed); // 7. ... and is answered
        return root;
    }

    private void forceWithSlot(Root root) {
        context.memory().forcer().forceReached(); // 2. all that it reaches is on the device
        context.crashPoints().reached(CrashPoint.TREE_FORCED);
        // 3. the slot may be believed whenever it becomes visible on the device
        forcedSlots.storeNext(root, context.durability());
        context.crashPoints().reached(CrashPoint.FORCED_SLOT_STORED);
        forcedSlots.forceNewest(); // 4. and is there for good
    }

    /**
     * Without a device a root is forced by storing it: done with every commit, before anything is
     * freed.
     */
    void storeWithoutDevice(Root root) {
        forcedSlots.storeNext(root, context.durability());
        context.crashPoints().reached(CrashPoint.FORCED_SLOT_STORED);
        lastForcedMillis = System.currentTimeMillis();
        lastForcedSequence = root.sequence();
    }

    /** The root that was forced last; 0: none by this process, and none that is in force. */
    long lastForcedSequence() {
        return lastForcedSequence;
    }

    /** When a root was last forced, ms since the epoch; 0: not by this process. */
    long lastForcedMillis() {
        return lastForcedMillis;
    }

    long forces() {
        return forces;
    }

    /** How long the longest force took that succeeded; 0: there was none. */
    long longestMillis() {
        return Math.ceilDiv(longestNanos, 1_000_000L);
    }
}
