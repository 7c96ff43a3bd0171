package io.pramd.protocol;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Event loop only: how long one connection's packets keep the loop from the others. A small request
 * costs far more than its bytes.
 */
final class ReadTurn {
    /** Most packets handed over in one turn of the event loop. */
    static final int PACKETS_MAX = 64;

    /** How often as long as its turn a connection waits for the next. */
    private static final int REST = 7;

    private int packets;
    private long beginNanos;
    private boolean waiting;

    void begin() {
        packets = 0;
        beginNanos = System.nanoTime();
    }

    void packet() {
        packets++;
    }

    boolean isOver() {
        return packets >= PACKETS_MAX;
    }

    /**
     * Goes on when the others have had their time, unless {@link #forget} comes first: no
     * connection gets more than an eighth of its loop with packets that are small, and the threads
     * of others find a free processor in between.
     */
    void letOthers(EventExecutor loop, Runnable goOn) {
        waiting = true;
        Runnable end =
                () -> {
                    if (waiting) {
                        goOn.run();
                    }
                };
        long nanos = System.nanoTime() - beginNanos;
        loop.schedule(end, REST * nanos, TimeUnit.NANOSECONDS);
    }

    /** Somebody else decides when to go on. */
    void forget() {
        waiting = false;
    }
}
