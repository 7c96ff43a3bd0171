package io.pramd.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe: whether the daemon has said that it is going away, and no successor has welcomed
 * this client since.
 */
final class Departure {
    private final Listeners listeners;
    private volatile boolean underWay;
    private volatile long earliestNanos;

    Departure(Listeners listeners) {
        this.listeners = listeners;
    }

    /** A connection has heard it; each of them does. */
    void said(Duration retryAfter) {
        boolean first;
        synchronized (this) {
            first = !underWay;
            earliestNanos = System.nanoTime() + retryAfter.toNanos();
            underWay = true;
        }
        if (first) {
            listeners.goingAway(retryAfter);
        }
    }

    /** There is a daemon that serves. */
    synchronized void over() {
        underWay = false;
    }

    boolean isUnderWay() {
        return underWay;
    }

    /** Waits for the moment from which on a successor may be looked for; false: not in time. */
    boolean awaitEarliest(Deadline deadline) throws InterruptedException {
        long waitNanos = earliestNanos - System.nanoTime();
        if (!underWay || waitNanos <= 0) {
            return true;
        }
        long leftNanos = deadline.leftNanos();
        TimeUnit.NANOSECONDS.sleep(Math.min(waitNanos, leftNanos));
        return waitNanos <= leftNanos;
    }

    /** For the end of a text that says what did not go well. */
    String remark() {
        return underWay ? "; the daemon has said that it is going away" : "";
    }

    /**
     * How long a call without a deadline is tried again: as long as it may go without an answer
     * where that is longer, as a daemon that drains may take its time.
     *
     * @param retryFor as configured; zero stays zero
     */
    Duration patience(Duration retryFor, Duration noProgress) {
        boolean isLonger = noProgress.compareTo(retryFor) > 0;
        return underWay && isLonger && !retryFor.isZero() ? noProgress : retryFor;
    }
}
