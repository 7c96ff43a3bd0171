package io.pramd.protocol;

/**
 * Immutable: makes the memory file larger.
 *
 * @param bytes the new size; rounded down to whole pages
 */
public record Grow(long bytes) implements Message {
    @Override
    public MessageType type() {
        return MessageType.GROW;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("bytes", bytes);
    }

    static Grow read(PayloadReader in) {
        long bytes = in.u64("bytes");
        return new Grow(bytes);
    }
}
