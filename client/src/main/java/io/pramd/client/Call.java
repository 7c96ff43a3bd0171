package io.pramd.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Immutable: one call of a user: what it does to what, and how long it may take.
 *
 * @param verb as in {@link PramListener.Ended#verb()}
 * @param name of the node; empty where there is none
 * @param noProgress how long it may go without a byte or an answer
 * @param deadline of the whole call
 */
record Call(String verb, String name, Duration noProgress, Deadline deadline) {

    /** How long to wait at most for what the exchange waits for; 0 or less: no longer. */
    long leftNanos(Exchange exchange) {
        long quietNanos = System.nanoTime() - exchange.progressNanos();
        return Math.min(noProgress.toNanos() - quietNanos, deadline.leftNanos());
    }

    /** Whether nothing has come for longer than the call may go without. */
    boolean hasStalled(Exchange exchange) {
        return System.nanoTime() - exchange.progressNanos() >= noProgress.toNanos();
    }

    /** What to throw when no time is left. */
    PramException expired(Effect effect) {
        String why =
                deadline.hasPassed()
                        ? "the deadline has passed"
                        : "no progress for " + text(noProgress);
        return effect.timedOut(this + ": " + why);
    }

    /**
     * Before something is sent that must not be sent late, nor by a thread that has been told to
     * stop: what is sent cannot be taken back. The thread's interrupt flag stays.
     */
    void requireGoAhead() {
        if (deadline.hasPassed()) {
            throw expired(Effect.NONE);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw Effect.NONE.interrupted(this, null);
        }
    }

    /** For texts: "save of index". */
    @Override
    public String toString() {
        return name.isEmpty() ? verb : verb + " of " + name;
    }

    private static String text(Duration time) {
        long millis = time.toMillis();
        return millis % TimeUnit.SECONDS.toMillis(1) == 0
                ? time.toSeconds() + " s"
                : millis + " ms";
    }
}
