package io.pramd.protocol;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Event loop only: how many questions are read from one connection. They are small and what it
 * takes to answer them is not, so that a flood of them would leave little to the streams of others:
 * a connection that asks faster than 20,000 times a second rests now and then.
 */
final class ReadTurn {
    /** Questions taken at once. */
    static final int QUESTIONS_MAX = 64;

    /** The time for so many. */
    private static final long NANOS = TimeUnit.SECONDS.toNanos(QUESTIONS_MAX) / 20_000;

    private int questions;
    private long beginNanos = System.nanoTime(); // of the time in which they came
    private boolean resting;

    /** Bytes are read from here on. */
    void begin() {
        long now = System.nanoTime();
        if (now - beginNanos > NANOS) {
            questions = 0;
            beginNanos = now;
        }
    }

    void packet(MessageType type) {
        switch (type) {
            case PING, OUTCOME, LIST, STAT, INFO, CHECK, UNKNOWN -> questions++;
            default -> {}
        }
    }

    boolean isOver() {
        return questions >= QUESTIONS_MAX;
    }

    /** Goes on when the time for these questions is over, unless {@link #forget} comes first. */
    void rest(EventExecutor loop, Runnable goOn) {
        resting = true;
        questions = 0;
        long nanos = Math.max(1, beginNanos + NANOS - System.nanoTime());
        beginNanos += NANOS;
        Runnable end =
                () -> {
                    if (resting) {
                        resting = false;
                        goOn.run();
                    }
                };
        loop.schedule(end, nanos, TimeUnit.NANOSECONDS);
    }

    boolean isResting() {
        return resting;
    }

    /** Somebody else decides when to go on. */
    void forget() {
        resting = false;
    }
}
