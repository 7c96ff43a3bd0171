package io.pramd.client;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe: whether the daemon has said that it is going away, and no successor has welcomed
 * this client since.
 */
final class Departure {
    /** A daemon that asks for more is not believed: its successor serves within moments. */
    static final long RETRY_AFTER_MILLIS_MAX = 5000;

    private final Listeners listeners;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean underWay;
    private volatile long earliestNanos;
    private long welcomes; // guarded by this
    private long endedBy; // the number of the welcome that ended the last one; guarded by this

    Departure(Listeners listeners) {
        this.listeners = listeners;
    }

    /**
     * A connection has heard it; each of them does, the last perhaps when a successor has welcomed
     * this client already.
     *
     * @param welcome which one the connection has had; 0: that is not known yet
     */
    void said(long welcome, long retryAfterMillis) {
        Duration retryAfter = Duration.ofMillis(Math.min(retryAfterMillis, RETRY_AFTER_MILLIS_MAX));
        synchronized (this) {
            if (underWay || welcome > 0 && welcome < endedBy) {
                return;
            }
            earliestNanos = System.nanoTime() + retryAfter.toNanos();
            underWay = true;
        }
        listeners.goingAway(retryAfter);
    }

    /** There is a daemon that serves. Answers the number of its welcome, from 1. */
    synchronized long welcomed() {
        welcomes++;
        if (underWay) {
            underWay = false;
            endedBy = welcomes;
        }
        return welcomes;
    }

    boolean isUnderWay() {
        return underWay;
    }

    /** The client is closed: nobody needs to wait any more. */
    void close() {
        closed.countDown();
    }

    /**
     * Waits for the moment from which on a successor may be looked for; false: not in time, or the
     * client is closed.
     */
    boolean awaitEarliest(Deadline deadline) throws InterruptedException {
        long waitNanos = earliestNanos - System.nanoTime();
        if (!underWay || waitNanos <= 0) {
            return true;
        }
        long leftNanos = deadline.leftNanos();
        boolean isClosed = closed.await(Math.min(waitNanos, leftNanos), TimeUnit.NANOSECONDS);
        return !isClosed && waitNanos <= leftNanos;
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
