package io.pramd.protocol;

/**
 * Immutable: asks for nodes whose names have a prefix, in order of (sequence, pfn).
 *
 * @param limit most records in the answer; 0 as many as fit
 * @param afterSequence the last record's sequence of the answer before; 0 from the start
 * @param afterPfn the last record's pfn of the answer before; 0 from the start
 * @param prefix of names; empty for all
 */
public record ListNodes(long limit, long afterSequence, long afterPfn, String prefix)
        implements Message {
    @Override
    public MessageType type() {
        return MessageType.LIST;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u8("flags", 0)
                .zero(3)
                .u32("limit", limit)
                .u64("afterSequence", afterSequence)
                .u64("afterPfn", afterPfn)
                .str("prefix", prefix);
    }

    static ListNodes read(PayloadReader in) {
        in.flags("flags", 0);
        in.zero(3);
        long limit = in.u32("limit");
        long afterSequence = in.u64("afterSequence");
        long afterPfn = in.u64("afterPfn");
        String prefix = in.prefix("prefix");
        return new ListNodes(limit, afterSequence, afterPfn, prefix);
    }
}
