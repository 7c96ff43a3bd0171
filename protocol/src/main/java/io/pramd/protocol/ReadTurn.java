package io.pramd.protocol;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Event loop only: how much of its loop one connection takes with questions. They are small and
 * their answers are not, so that a flood of them would leave nothing to the streams of others; a
 * connection that has used up its part rests for a while.
 */
final class ReadTurn {
    /** Questions between two looks at what they have cost. */
    static final int QUESTIONS_MAX = 64;

    /** How often as long as its questions took a connection rests. */
    private static final int REST = 7;

    private int questions;
    private long beginNanos; // of the time in which these questions came
    private long busyNanos; // in that time, but for what is being read now
    private long readNanos; // when reading what is being read now began
    private boolean resting;

    /** Bytes are read from here on. */
    void begin() {
        readNanos = System.nanoTime();
        if (readNanos - beginNanos > (1 + REST) * busyNanos) {
            questions = 0;
            busyNanos = 0;
            beginNanos = readNanos;
        }
    }

    /** All that came has been read. */
    void end() {
        busyNanos += System.nanoTime() - readNanos;
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

    /**
     * Goes on when an eighth of the time since it began is what the questions took, unless {@link
     * #forget} comes first.
     */
    void rest(EventExecutor loop, Runnable goOn) {
        resting = true;
        long busy = busyNanos + System.nanoTime() - readNanos;
        questions = 0;
        busyNanos = 0;
        Runnable end =
                () -> {
                    if (resting) {
                        goOn.run();
                    }
                };
        loop.schedule(end, REST * busy, TimeUnit.NANOSECONDS);
    }

    /** Somebody else decides when to go on. */
    void forget() {
        resting = false;
    }
}
