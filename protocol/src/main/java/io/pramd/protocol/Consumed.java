package io.pramd.protocol;

/**
 * Immutable: the answer to FINISH_LOAD.
 *
 * @param sequence of the node consumed
 */
public record Consumed(long sequence) implements Message {
    @Override
    public MessageType type() {
        return MessageType.CONSUMED;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("sequence", sequence);
    }

    static Consumed read(PayloadReader in) {
        long sequence = in.u64("sequence");
        return new Consumed(sequence);
    }
}
