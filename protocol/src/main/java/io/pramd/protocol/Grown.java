package io.pramd.protocol;

/**
 * Immutable: the answer to GROW.
 *
 * @param bytes the size that the memory file has
 */
public record Grown(long bytes) implements Message {
    @Override
    public MessageType type() {
        return MessageType.GROWN;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("bytes", bytes);
    }

    static Grown read(PayloadReader in) {
        long bytes = in.u64("bytes");
        return new Grown(bytes);
    }
}
