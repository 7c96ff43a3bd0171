package io.pramd.protocol;

/** Immutable: the answer to PING. */
public record Pong() implements Message {
    @Override
    public MessageType type() {
        return MessageType.PONG;
    }

    @Override
    public void write(PayloadWriter out) {}

    static Pong read(PayloadReader in) {
        return new Pong();
    }
}
