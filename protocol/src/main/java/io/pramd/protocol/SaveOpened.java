package io.pramd.protocol;

/**
 * Immutable: the answer to PREPARE_SAVE.
 *
 * @param sequence that the node will have
 */
public record SaveOpened(long sequence) implements Message {
    @Override
    public MessageType type() {
        return MessageType.SAVE_OPENED;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("sequence", sequence);
    }

    static SaveOpened read(PayloadReader in) {
        long sequence = in.u64("sequence");
        return new SaveOpened(sequence);
    }
}
