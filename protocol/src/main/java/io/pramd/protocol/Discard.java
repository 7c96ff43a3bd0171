package io.pramd.protocol;

/** Immutable: ends a save without a node. */
public record Discard() implements Message {
    @Override
    public MessageType type() {
        return MessageType.DISCARD;
    }

    @Override
    public void write(PayloadWriter out) {}

    static Discard read(PayloadReader in) {
        return new Discard();
    }
}
