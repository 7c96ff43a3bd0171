package io.pramd.protocol;

/**
 * Immutable: asks for one node.
 *
 * @param quarantinedPfn pfn of a quarantined node; 0 by name
 * @param name of the node; empty with a pfn
 */
public record StatNode(long quarantinedPfn, String name) implements Message {
    @Override
    public MessageType type() {
        return MessageType.STAT;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("quarantinedPfn", quarantinedPfn).str("name", name);
    }

    static StatNode read(PayloadReader in) {
        long quarantinedPfn = in.count("quarantinedPfn");
        String name = in.nameUnless(quarantinedPfn != 0, "name");
        return new StatNode(quarantinedPfn, name);
    }
}
