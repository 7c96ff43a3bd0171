package io.pramd.daemon.memory;

import java.util.concurrent.locks.LockSupport;

/**
 * One owner: a thread that gives way. Once it has a processor the kernel leaves it there for
 * milliseconds, however much it gives way, and an event loop behind it waits for as long. So it
 * rests after each short turn, for longer than the turn: those who wait then wait for little, each
 * of them, and not some of them for all of it.
 */
public final class ShortTurns {
    private static final long TURN_NANOS = 100_000;
    private static final long REST_NANOS = 300_000;

    /** Steps between two looks at the clock. */
    private static final int STEPS = 16;

    private long began = System.nanoTime();
    private int steps;

    /** Some microseconds of work are done; no lock is held. */
    public void step() {
        steps++;
        if (steps % STEPS == 0) {
            stride();
        }
    }

    /** Some tens of microseconds of work are done; no lock is held. */
    public void stride() {
        if (System.nanoTime() - began >= TURN_NANOS) {
            LockSupport.parkNanos(REST_NANOS);
            began = System.nanoTime();
        }
    }
}
