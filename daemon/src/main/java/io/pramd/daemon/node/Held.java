package io.pramd.daemon.node;

/**
 * Immutable. Something that only forced roots reach at the opening: a node with its chain, or a
 * directory page.
 *
 * @param frames how many frames that is
 * @param nodePfn the node page; 0 for a directory page
 * @param chain the node's chain; null for a directory page
 * @param links how many of its links verified, and were counted
 * @param page the directory page; null for a node
 */
public record Held(
        long frames, long nodePfn, ChainReader.Chain chain, long links, Root.PageRef page) {

    /** A node of which so many links, from the first, were counted. */
    public static Held node(long frames, long nodePfn, ChainReader.Chain chain, long links) {
        return new Held(frames, nodePfn, chain, links, null);
    }

    public static Held page(Root.PageRef page) {
        return new Held(2, 0, null, 0, page);
    }
}
