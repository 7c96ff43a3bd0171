package io.pramd.daemon.supervise;

import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.StoreException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Immutable. A process that dies closes its connections and gives the memory file's lock back one
 * after the other, in an order that is the kernel's, and under load with a pause between: whoever
 * follows it waits for the lock so long.
 *
 * @param memory the file that has the lock
 * @param patience how long that may take; behind it the lock is somebody's who lives
 */
record LastBreath(Path memory, Duration patience) {
    private static final long BETWEEN_LOOKS_MILLIS = 10;

    /** Returns when nobody has the lock, or the patience is at its end. */
    void await() {
        long begin = System.nanoTime();
        while (isHeld() && System.nanoTime() - begin < patience.toNanos()) {
            try {
                Thread.sleep(BETWEEN_LOOKS_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** The same for who is sooner out of patience. */
    LastBreath within(Duration most) {
        return patience.compareTo(most) > 0 ? new LastBreath(memory, most) : this;
    }

    boolean isHeld() {
        try {
            return FileLock.isHeld(memory);
        } catch (StoreException e) {
            return false; // the opening says what is wrong with it
        }
    }
}
