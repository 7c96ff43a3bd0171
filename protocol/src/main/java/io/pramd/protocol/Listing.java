package io.pramd.protocol;

import java.util.List;

/**
 * Immutable: the answer to LIST.
 *
 * @param more there are nodes behind the last one
 * @param nodes in order of (sequence, pfn)
 */
public record Listing(boolean more, List<NodeRecord> nodes) implements Message {
    /** Bytes of the payload before the first record. */
    public static final int HEAD_BYTES = 2 * Integer.BYTES;

    /** Bytes that stand before each record: its length. */
    public static final int RECORD_HEAD_BYTES = Integer.BYTES;

    public Listing {
        nodes = List.copyOf(nodes);
    }

    @Override
    public MessageType type() {
        return MessageType.LISTING;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u8("more", more ? 1 : 0).zero(3).u32("count", nodes.size()).records("nodes", nodes);
    }

    static Listing read(PayloadReader in) {
        boolean more = in.bool("more");
        in.zero(3);
        List<NodeRecord> nodes = in.records("nodes", in.u32("count"));
        return new Listing(more, nodes);
    }
}
