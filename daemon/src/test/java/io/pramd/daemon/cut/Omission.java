package io.pramd.daemon.cut;

import io.pramd.daemon.node.CrashPoint;
import java.util.function.IntPredicate;

/**
 * One owner. What a test leaves out of, or moves within, the stores and forces of one process: the
 * simulated machine behaves as if the code had not done it, or at another time.
 */
interface Omission {
    /** Nothing is left out. */
    Omission NONE = new Omission() {};

    /** Where stores and forces go. */
    interface Sink {
        void store(int pfn, Page page);

        /** All that is stored there now is on the device. */
        void force(int first, int end);

        /** What was stored there last. */
        Page cached(int pfn);
    }

    /** Which forces, by the first frame and the one behind the last. */
    @FunctionalInterface
    interface Range {
        boolean holds(int first, int end);
    }

    default void stored(int pfn, Page page, Sink sink) {
        sink.store(pfn, page);
    }

    /** Whether a force of these pages has its effect now. */
    default boolean isForced(int first, int end) {
        return true;
    }

    default void reached(CrashPoint point, Sink sink) {}

    /** The opening is over, with its first force. */
    default void serving() {}

    /** Whether something that was done has no effect yet: its answer would come later, too. */
    default boolean isHolding() {
        return false;
    }

    /** Leaves forces out. */
    static Omission force(Range range) {
        return new Omission() {
            @Override
            public boolean isForced(int first, int end) {
                return !range.holds(first, end);
            }
        };
    }

    /** Leaves stores out. */
    static Omission store(IntPredicate pfns) {
        return new Omission() {
            @Override
            public void stored(int pfn, Page page, Sink sink) {
                if (!pfns.test(pfn)) {
                    sink.store(pfn, page);
                }
            }
        };
    }
}
