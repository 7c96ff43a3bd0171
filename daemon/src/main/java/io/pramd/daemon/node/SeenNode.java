package io.pramd.daemon.node;

/**
 * Immutable. A node as it is in the moment of a look at it.
 *
 * @param slot of its leaf entry; -1: it has none yet
 * @param pfn of its node page; 0: it has none yet
 * @param isRead whether somebody holds its frames
 * @param isReplacing whether a save is open that will take its place
 * @param kept what is left of the chain of a damaged one, where that is known; else null
 */
public record SeenNode(
        int slot,
        long sequence,
        long pfn,
        int csum,
        State state,
        boolean isRead,
        boolean isReplacing,
        KeptChain kept) {

    static SeenNode of(Node node) {
        return new SeenNode(
                node.slot,
                node.sequence,
                node.pfn,
                node.csum,
                node.state(),
                node.pins > 0,
                node.replacement != null,
                node.kept.get());
    }

    static SeenNode of(Listed.AtRest place) {
        return new SeenNode(
                place.slot(),
                place.sequence(),
                place.pfn(),
                place.csum(),
                State.READY,
                false,
                false,
                null);
    }
}
