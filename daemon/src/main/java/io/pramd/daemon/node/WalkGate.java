package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Thread-safe. Holds changes back until the walk is done, and then lets them go in the order in
 * which they came: of two saves of one name the first is the one that gets it.
 */
final class WalkGate {
    private final ScheduledExecutorService timer;
    private final Set<CompletableFuture<Changes>> waiting = new LinkedHashSet<>();
    private Changes changes;
    private boolean isOpen;

    WalkGate(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /**
     * Completes when changes may be made, or fails at the deadline. Completing it otherwise ends
     * the waiting.
     */
    CompletableFuture<Changes> await(long millis, Supplier<StoreException> notYet) {
        CompletableFuture<Changes> turn = new CompletableFuture<>();
        synchronized (this) {
            if (isOpen) {
                return CompletableFuture.completedFuture(changes);
            }
            waiting.add(turn);
        }
        Future<?> deadline =
                timer.schedule(
                        () -> turn.completeExceptionally(notYet.get()),
                        millis,
                        TimeUnit.MILLISECONDS);
        turn.whenComplete(
                (ready, why) -> {
                    deadline.cancel(false);
                    forget(turn);
                });
        return turn;
    }

    /** Nobody will be let go; who comes later must be told by others. */
    void refuse(StoreException why) {
        for (CompletableFuture<Changes> turn : waitingNow()) {
            turn.completeExceptionally(why);
        }
    }

    private synchronized List<CompletableFuture<Changes>> waitingNow() {
        return List.copyOf(waiting);
    }

    /** Lets all go; who comes while some still wait is let go behind them. */
    void open(Changes walked) {
        synchronized (this) {
            changes = walked;
        }
        for (CompletableFuture<Changes> turn = next(); turn != null; turn = next()) {
            turn.complete(walked);
        }
    }

    private synchronized void forget(CompletableFuture<Changes> turn) {
        waiting.remove(turn);
    }

    private synchronized CompletableFuture<Changes> next() {
        Iterator<CompletableFuture<Changes>> first = waiting.iterator();
        if (!first.hasNext()) {
            isOpen = true;
            return null;
        }
        CompletableFuture<Changes> turn = first.next();
        first.remove();
        return turn;
    }
}
