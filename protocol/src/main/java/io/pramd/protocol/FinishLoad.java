package io.pramd.protocol;

/**
 * Immutable: ends a load and consumes the node.
 *
 * @param sequence of the node, from LOAD_OPENED
 */
public record FinishLoad(long sequence) implements Message {
    @Override
    public MessageType type() {
        return MessageType.FINISH_LOAD;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("sequence", sequence);
    }

    static FinishLoad read(PayloadReader in) {
        long sequence = in.u64("sequence");
        return new FinishLoad(sequence);
    }
}
