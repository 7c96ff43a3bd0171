package io.pramd.daemon.node;

import java.util.List;

/**
 * Immutable. Something that the root of sequence {@code death} no longer reaches, and the first
 * that reached it may have.
 *
 * @param frames that it has, shared ones too
 * @param remains what is released in the end
 */
record Dropped(long birth, long death, long frames, Remains remains) {

    /** What is released. */
    sealed interface Remains {
        /** A node with its chain. */
        record OfNode(Node node, ChainReader.Chain chain) implements Remains {}

        /** Both copies of a directory page. */
        record OfPage(Root.PageRef page) implements Remains {}

        /** What only a root of an earlier process reached. */
        record OfOpening(Held held) implements Remains {}
    }

    boolean isReachedByAny(List<Long> roots) {
        for (long root : roots) {
            if (birth <= root && root < death) {
                return true;
            }
        }
        return false;
    }

    /**
     * Which frames they are, for who draws them.
     *
     * @param isRead whether only a reader keeps them
     */
    DroppedFrames framesFor(boolean isRead) {
        return switch (remains) {
            case Remains.OfNode(Node node, ChainReader.Chain chain) ->
                    new DroppedFrames(isRead, node.pfn, chain, node.kept.get(), null);
            case Remains.OfOpening(Held found) ->
                    new DroppedFrames(isRead, found.nodePfn(), found.chain(), null, found.page());
            case Remains.OfPage(Root.PageRef page) ->
                    new DroppedFrames(isRead, 0, null, null, page);
        };
    }
}
