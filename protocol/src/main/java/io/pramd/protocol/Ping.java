package io.pramd.protocol;

/** Immutable: is the daemon there? Also keeps an idle connection open. */
public record Ping() implements Message {
    @Override
    public MessageType type() {
        return MessageType.PING;
    }

    @Override
    public void write(PayloadWriter out) {}

    static Ping read(PayloadReader in) {
        return new Ping();
    }
}
