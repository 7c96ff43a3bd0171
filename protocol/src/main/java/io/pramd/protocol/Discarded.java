package io.pramd.protocol;

/** Immutable: the answer to DISCARD. */
public record Discarded() implements Message {
    @Override
    public MessageType type() {
        return MessageType.DISCARDED;
    }

    @Override
    public void write(PayloadWriter out) {}

    static Discarded read(PayloadReader in) {
        return new Discarded();
    }
}
