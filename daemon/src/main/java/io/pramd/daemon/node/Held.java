package io.pramd.daemon.node;

/**
 * Immutable. Something that only forced roots reach at the opening: a node with its chain, or a
 * directory page.
 *
 * @param frames how many frames that is
 * @param nodePfn the node page; 0 for a directory page
 * @param chain the node's chain; null for a directory page
 * @param page the directory page; null for a node
 */
public record Held(long frames, long nodePfn, ChainReader.Chain chain, Root.PageRef page) {

    public static Held node(long nodePfn, ChainReader.Chain chain) {
        return new Held(1 + chain.links() + chain.pages(), nodePfn, chain, null);
    }

    public static Held page(Root.PageRef page) {
        return new Held(2, 0, null, page);
    }
}
