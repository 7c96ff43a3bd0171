package io.pramd.daemon.node;

/**
 * Immutable. A node without its name, addressed by the frame of its node page.
 *
 * @param node of one whose page does not verify only the place is known, and the name if its tag
 *     proves it
 * @param isOutnumbered whether nothing is known to be wrong with it, but a newer node has its name
 */
record Quarantined(Node node, String reason, boolean isOutnumbered) {

    long pfn() {
        return node.pfn;
    }

    int slot() {
        return node.slot;
    }
}
