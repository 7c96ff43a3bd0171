package io.pramd.protocol;

/** Immutable: where a node is in its life, as a listing shows it. */
public enum NodeState {
    SAVING(1),
    READY(2),
    LOADING(3),
    QUARANTINED(4);

    private final int number;

    NodeState(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /**
     * @throws IllegalArgumentException for a number not in use
     */
    public static NodeState of(int number) {
        for (NodeState state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        throw new IllegalArgumentException("unknown node state number=" + number);
    }
}
