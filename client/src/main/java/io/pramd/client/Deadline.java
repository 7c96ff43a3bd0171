package io.pramd.client;

import java.time.Duration;

/** Immutable: a moment after which a call begins nothing anew, or none. */
final class Deadline {
    /** There is no such moment. */
    static final Deadline NEVER = new Deadline(0, true);

    /** Far enough not to matter, near enough not to overflow. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final long atNanos;
    private final boolean never;

    private Deadline(long atNanos, boolean never) {
        this.atNanos = atNanos;
        this.never = never;
    }

    /** So long from now; null is never. */
    static Deadline in(Duration time) {
        if (time == null) {
            return NEVER;
        }
        return new Deadline(System.nanoTime() + bounded(time).toNanos(), false);
    }

    /** A time that can be reckoned with, where a caller means for ever. */
    static Duration bounded(Duration time) {
        return time.compareTo(LONGEST) > 0 ? LONGEST : time;
    }

    boolean isNever() {
        return never;
    }

    boolean hasPassed() {
        return leftNanos() <= 0;
    }

    /** Nanoseconds until then, 0 or less when it has passed; the largest number for never. */
    long leftNanos() {
        return never ? Long.MAX_VALUE : atNanos - System.nanoTime();
    }

    Deadline orEarlier(Deadline other) {
        return leftNanos() <= other.leftNanos() ? this : other;
    }

    Deadline orLater(Deadline other) {
        return orEarlier(other) == this ? other : this;
    }
}
