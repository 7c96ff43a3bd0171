package io.pramd.protocol;

/** Immutable: what became of a save, by its save id. */
public enum Outcome {
    /** Committed; the answer carries the sequence. */
    DONE(1),
    /** Not committed, and it never will be: the question has fenced the save id. */
    NOT_DONE(2),
    /** Was committed, then consumed, replaced or removed. */
    GONE(3),
    /** Too long ago to say, or before the daemon's last start: it is not there now. */
    UNKNOWN(4);

    private final int number;

    Outcome(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /**
     * @throws IllegalArgumentException for a number not in use
     */
    public static Outcome of(int number) {
        for (Outcome outcome : values()) {
            if (outcome.number == number) {
                return outcome;
            }
        }
        throw new IllegalArgumentException("unknown outcome number=" + number);
    }
}
