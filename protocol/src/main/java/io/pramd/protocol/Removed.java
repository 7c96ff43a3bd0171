package io.pramd.protocol;

/**
 * Immutable: the answer to REMOVE.
 *
 * @param sequence of the node removed
 */
public record Removed(long sequence) implements Message {
    @Override
    public MessageType type() {
        return MessageType.REMOVED;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("sequence", sequence);
    }

    static Removed read(PayloadReader in) {
        long sequence = in.u64("sequence");
        return new Removed(sequence);
    }
}
