package io.pramd.daemon.server;

import java.util.concurrent.TimeUnit;

/** Thread-safe: lets a few things a second pass, and counts the others. */
final class Pace {
    /** How many pass in a second. */
    static final int PASSES_MAX = 10;

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private long periodBegan = System.nanoTime();
    private int passed;
    private long leftOut;

    /** Whether one more passes at this time. */
    synchronized boolean passes(long nanos) {
        if (nanos - periodBegan >= PERIOD_NANOS) {
            periodBegan = nanos;
            passed = 0;
        }
        if (passed < PASSES_MAX) {
            passed++;
            return true;
        }
        leftOut++;
        return false;
    }

    /** How many have not passed since this was last asked. */
    synchronized long takeLeftOut() {
        long count = leftOut;
        leftOut = 0;
        return count;
    }
}
