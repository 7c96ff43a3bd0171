package io.pramd.daemon.layout;

import java.util.Optional;

/** Immutable. The two kinds of stream. */
public enum NodeType {
    /** Pages of 4096 bytes with flags, loaded as pages. */
    PAGE(1),
    /** Bytes of any length, loaded as bytes. */
    BYTE(2);

    private final int number;

    NodeType(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    public static Optional<NodeType> of(int number) {
        for (NodeType type : values()) {
            if (type.number == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
