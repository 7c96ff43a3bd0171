package io.pramd.protocol;

/** Immutable: what a node holds. */
public enum StreamType {
    /** In a request: either. In a node record: not known, as the node is damaged. */
    ANY(0),
    /** Pages of 4096 bytes, each with 32 flag bits of the client's. */
    PAGE(1),
    /** Bytes; the last page is padded with zeros. */
    BYTE(2);

    private final int number;

    StreamType(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /**
     * @throws IllegalArgumentException for a number not in use
     */
    public static StreamType of(int number) {
        for (StreamType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        throw new IllegalArgumentException("unknown stream type number=" + number);
    }
}
