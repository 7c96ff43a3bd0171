package io.pramd.protocol;

/** Immutable: asks the daemon to check its memory file. */
public record AskCheck() implements Message {
    @Override
    public MessageType type() {
        return MessageType.CHECK;
    }

    @Override
    public void write(PayloadWriter out) {}

    static AskCheck read(PayloadReader in) {
        return new AskCheck();
    }
}
