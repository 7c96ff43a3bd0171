package io.pramd.protocol;

/** Immutable: ends a load, or a peek, and leaves the node. */
public record AbortLoad() implements Message {
    @Override
    public MessageType type() {
        return MessageType.ABORT;
    }

    @Override
    public void write(PayloadWriter out) {}

    static AbortLoad read(PayloadReader in) {
        return new AbortLoad();
    }
}
