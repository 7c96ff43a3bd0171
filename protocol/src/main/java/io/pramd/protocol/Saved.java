package io.pramd.protocol;

/**
 * Immutable: the node is committed.
 *
 * @param sequence of the node
 * @param durability what it survives
 */
public record Saved(long sequence, Durability durability) implements Message {
    @Override
    public MessageType type() {
        return MessageType.SAVED;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("sequence", sequence).u8("durability", durability.number()).zero(7);
    }

    static Saved read(PayloadReader in) {
        long sequence = in.u64("sequence");
        Durability durability = in.choice("durability", Durability::of);
        in.zero(7);
        return new Saved(sequence, durability);
    }
}
