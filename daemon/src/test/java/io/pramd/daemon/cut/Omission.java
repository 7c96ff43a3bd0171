package io.pramd.daemon.cut;

import io.pramd.daemon.node.CrashPoint;

/**
 * One owner. What a test leaves out of, or moves within, the stores and forces of a store: the
 * simulated machine behaves as if the code had not done it, or at another time.
 */
interface Omission {
    /** Nothing is left out. */
    Omission NONE = new Omission() {};

    /** Where stores go. */
    @FunctionalInterface
    interface Sink {
        void store(int pfn, Page page);
    }

    default void stored(int pfn, Page page, Sink sink) {
        sink.store(pfn, page);
    }

    /** Whether a force of these pages has an effect. */
    default boolean isForced(int first, int end) {
        return true;
    }

    default void reached(CrashPoint point, Sink sink) {}
}
