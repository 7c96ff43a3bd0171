package io.pramd.daemon.recovery;

/**
 * Immutable. A directory page or a node as the page above it names it: whom a frame belongs to.
 *
 * @param root sequence of the root through which it was found
 * @param isForced whether only as a part of a forced root's tree
 * @param level of the directory page; {@link #NODE} for a node
 * @param index its position in its level; a node's is its leaf slot
 * @param csum as the page above says
 * @param pfn its first frame
 */
record Owner(long root, boolean isForced, int level, long index, int csum, long pfn) {
    static final int NODE = -1;

    /** Whether it is the same page, whatever root it was found through. */
    boolean isSamePage(Owner other) {
        return level == other.level && csum == other.csum && pfn == other.pfn;
    }

    String text() {
        String held = isForced ? " of forced root " + root : "";
        return level == NODE
                ? "node slot=" + index + " pfn=" + pfn + held
                : "directory page level=" + level + " index=" + index + " pfn=" + pfn + held;
    }
}
