package io.pramd.protocol;

/**
 * Immutable: removes a node.
 *
 * @param ifSequence only if the node has this sequence, else ESTALE; 0 any
 * @param quarantinedPfn pfn of a quarantined node; 0 by name
 * @param name of the node; empty with a pfn
 */
public record RemoveNode(long ifSequence, long quarantinedPfn, String name) implements Message {
    @Override
    public MessageType type() {
        return MessageType.REMOVE;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("ifSequence", ifSequence).u64("quarantinedPfn", quarantinedPfn).str("name", name);
    }

    static RemoveNode read(PayloadReader in) {
        long ifSequence = in.u64("ifSequence");
        long quarantinedPfn = in.count("quarantinedPfn");
        String name = in.nameUnless(quarantinedPfn != 0, "name");
        return new RemoveNode(ifSequence, quarantinedPfn, name);
    }
}
