package io.pramd.protocol;

/** Immutable: the answer to ABORT. */
public record Aborted() implements Message {
    @Override
    public MessageType type() {
        return MessageType.ABORTED;
    }

    @Override
    public void write(PayloadWriter out) {}

    static Aborted read(PayloadReader in) {
        return new Aborted();
    }
}
