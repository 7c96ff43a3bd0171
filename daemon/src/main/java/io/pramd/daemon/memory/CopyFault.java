package io.pramd.daemon.memory;

/**
 * Thread-safe. A copy from or to mapped memory that has lost its backing goes on to its end, and
 * the JVM throws the InternalError at the thread's next safepoint poll. In compiled code that may
 * be far behind the copy, outside of every catch around it.
 */
final class CopyFault {
    private static volatile int rounds = 4;
    private static volatile int step = 1;

    private CopyFault() {}

    /** Throws the InternalError of a copy that has just been made, if it met a fault. */
    static void raise() {
        // a loop that no compiler can count or unroll keeps its poll on the way back
        int left = rounds;
        while (left > 0) {
            left -= step;
        }
    }
}
