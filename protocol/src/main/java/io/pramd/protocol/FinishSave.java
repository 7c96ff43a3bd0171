package io.pramd.protocol;

/**
 * Immutable: ends a save; its answer acknowledges the node.
 *
 * @param byteLength of the stream; for a page stream pages x 4096
 */
public record FinishSave(long byteLength) implements Message {
    @Override
    public MessageType type() {
        return MessageType.FINISH_SAVE;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("byteLength", byteLength);
    }

    static FinishSave read(PayloadReader in) {
        long byteLength = in.count("byteLength");
        return new FinishSave(byteLength);
    }
}
