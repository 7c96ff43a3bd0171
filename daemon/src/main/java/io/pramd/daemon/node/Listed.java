package io.pramd.daemon.node;

/** Immutable. A node with its place in the listing, at the moment of the question. */
sealed interface Listed {

    long sequence();

    /**
     * One that is in use, pinned: whoever asked unpins it.
     *
     * @param node whose name and state are known
     */
    record InUse(Node node) implements Listed {
        @Override
        public long sequence() {
            return node.sequence;
        }
    }

    /**
     * One that nobody uses, ready: its name is in its page. It may go at any time, and then another
     * may have its slot and its frame, but never its sequence.
     */
    record AtRest(int slot, long sequence, long pfn, int csum) implements Listed {}
}
