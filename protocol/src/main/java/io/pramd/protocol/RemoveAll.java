package io.pramd.protocol;

/**
 * Immutable: removes every READY node whose name has a prefix, one by one.
 *
 * @param prefix of names; empty for all
 */
public record RemoveAll(String prefix) implements Message {
    @Override
    public MessageType type() {
        return MessageType.REMOVE_ALL;
    }

    @Override
    public void write(PayloadWriter out) {
        out.str("prefix", prefix);
    }

    static RemoveAll read(PayloadReader in) {
        String prefix = in.prefix("prefix");
        return new RemoveAll(prefix);
    }
}
