package io.pramd.protocol;

/** Immutable: what a save survives once it is answered. */
public enum Durability {
    /** In a request only: what the daemon was started with. */
    DAEMON_DEFAULT(0),
    /** The end of any process, the daemon's included. */
    PROCESS(1),
    /** The same, and a power cut once a few seconds have passed. */
    INTERVAL(2),
    /** A power cut. */
    POWER(3);

    private final int number;

    Durability(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /**
     * @throws IllegalArgumentException for a number not in use
     */
    public static Durability of(int number) {
        for (Durability durability : values()) {
            if (durability.number == number) {
                return durability;
            }
        }
        throw new IllegalArgumentException("unknown durability number=" + number);
    }
}
