package io.pramd.protocol;

/** Immutable: asks for the daemon's figures. */
public record AskInfo() implements Message {
    @Override
    public MessageType type() {
        return MessageType.INFO;
    }

    @Override
    public void write(PayloadWriter out) {}

    static AskInfo read(PayloadReader in) {
        return new AskInfo();
    }
}
