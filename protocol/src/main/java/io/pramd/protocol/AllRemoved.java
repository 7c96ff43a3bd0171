package io.pramd.protocol;

/**
 * Immutable: the answer to REMOVE_ALL.
 *
 * @param count of nodes removed
 */
public record AllRemoved(long count) implements Message {
    @Override
    public MessageType type() {
        return MessageType.ALL_REMOVED;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("count", count);
    }

    static AllRemoved read(PayloadReader in) {
        long count = in.u64("count");
        return new AllRemoved(count);
    }
}
