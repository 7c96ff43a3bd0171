package io.pramd.protocol;

/** Immutable: asks for the next frames of a backup. */
public record NextFrames() implements Message {
    @Override
    public MessageType type() {
        return MessageType.NEXT_FRAMES;
    }

    @Override
    public void write(PayloadWriter out) {}

    static NextFrames read(PayloadReader in) {
        return new NextFrames();
    }
}
