package io.pramd.daemon.node;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Thread-safe. How many streams may have {@link StagedPages} at a time, so that clients who open
 * many and finish none take a named part of the heap; who comes in vain has its frames populated.
 */
final class StagingRoom {
    /** Together 8 MiB. */
    private static final int STREAMS_MAX = 128;

    private final AtomicInteger streams = new AtomicInteger();

    boolean take() {
        if (streams.incrementAndGet() <= STREAMS_MAX) {
            return true;
        }
        giveBack();
        return false;
    }

    void giveBack() {
        streams.decrementAndGet();
    }
}
