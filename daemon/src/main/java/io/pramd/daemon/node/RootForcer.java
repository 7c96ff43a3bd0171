package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Thread-safe. Makes the current root durable: the one forcer through which every forced root goes.
 */
final class RootForcer {
    private final StoreContext context;
    private final RootSlots forcedSlots;
    private final Reclaimer reclaimer;
    private final Consumer<StoreException> failed;
    private CompletableFuture<Root> waiting;
    private volatile long lastForcedMillis;
    private volatile long forces;

    RootForcer(
            StoreContext context,
            RootSlots forcedSlots,
            Reclaimer reclaimer,
            Consumer<StoreException> failed) {
        this.context = context;
        this.forcedSlots = forcedSlots;
        this.reclaimer = reclaimer;
        this.failed = failed;
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
            failed.accept(e);
            requests.completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            StoreException unknown =
                    StoreException.outcomeUnknown("a force failed inside the daemon: " + e);
            failed.accept(unknown);
            requests.completeExceptionally(unknown);
        }
    }

    private Root force() {
        Root root = reclaimer.beginForce(); // 1. from here on its frames are protected
        context.memory().forcer().forceStored(); // 2. all that it reaches is on the device
        context.crashPoints().reached(CrashPoint.TREE_FORCED);
        storeAndForceSlot(root);
        return root;
    }

    private void storeAndForceSlot(Root root) {
        forcedSlots.storeNext(
                root); // 3. the slot may be believed whenever it becomes visible on the device
        context.crashPoints().reached(CrashPoint.FORCED_SLOT_STORED);
        forcedSlots.forceNewest(); // 4. and is there for good
        context.crashPoints().reached(CrashPoint.ROOT_FORCED);
        reclaimer.forced(root); // 5. older roots cannot come back any more
        lastForcedMillis = System.currentTimeMillis();
        forces++;
    }

    /**
     * Without a device a root is forced by storing it: done with every commit, before anything is
     * freed.
     */
    void storeWithoutDevice(Root root) {
        forcedSlots.storeNext(root);
        context.crashPoints().reached(CrashPoint.FORCED_SLOT_STORED);
        lastForcedMillis = System.currentTimeMillis();
    }

    /** When a root was last forced, ms since the epoch; 0: not by this process. */
    long lastForcedMillis() {
        return lastForcedMillis;
    }

    long forces() {
        return forces;
    }
}
