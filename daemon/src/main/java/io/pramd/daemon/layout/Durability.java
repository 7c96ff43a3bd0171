package io.pramd.daemon.layout;

import java.util.Optional;

/** Immutable. What an acknowledged change survives besides the end of any process; in order. */
public enum Durability {
    /** Nothing else: a root is forced at a clean stop, on request, and when frames run short. */
    PROCESS(1),
    /** A power cut, a few seconds later. */
    INTERVAL(2),
    /** A power cut. */
    POWER(3);

    private final int number;

    Durability(int number) {
        this.number = number;
    }

    /** As root slots have it. */
    public int number() {
        return number;
    }

    /** Empty for a number not in use. */
    public static Optional<Durability> of(int number) {
        for (Durability durability : values()) {
            if (durability.number == number) {
                return Optional.of(durability);
            }
        }
        return Optional.empty();
    }

    /** The one that survives more. */
    public Durability or(Durability other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
