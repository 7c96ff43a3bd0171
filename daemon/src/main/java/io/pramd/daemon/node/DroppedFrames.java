package io.pramd.daemon.node;

/**
 * Immutable. Something that no current root reaches and whose frames are not free yet: a node with
 * its chain, or a directory page.
 *
 * @param isRead whether only readers keep it
 * @param nodePfn the node page; 0 for a directory page
 * @param chain the node's
 * @param kept what is left of the chain of a damaged node; null: all of it
 * @param page the directory page; null for a node
 */
public record DroppedFrames(
        boolean isRead, long nodePfn, ChainReader.Chain chain, KeptChain kept, Root.PageRef page) {}
