package io.pramd.daemon.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Immutable. Finds slots by the tag of their name until all node pages have been read: chains of
 * slots, so that names chosen to have one tag cost no more to enter than others.
 */
final class TagIndex {
    private static final int EMPTY = -1;
    private static final int HEADS_MAX = 1 << 28;

    private final LeafEntries leaves;
    private final int[] heads;
    private final int[] next;

    TagIndex(LeafEntries leaves) {
        this.leaves = leaves;
        heads = new int[Integer.highestOneBit(Math.clamp(leaves.count(), 1, HEADS_MAX)) * 2];
        Arrays.fill(heads, EMPTY);
        next = new int[leaves.end()];
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            int at = index(leaves.tag(slot));
            next[slot] = heads[at];
            heads[at] = slot;
        }
    }

    /** All slots whose name has this tag. */
    List<Integer> find(int tag) {
        List<Integer> found = new ArrayList<>();
        for (int slot = heads[index(tag)]; slot != EMPTY; slot = next[slot]) {
            if (leaves.tag(slot) == tag) {
                found.add(slot);
            }
        }
        return found;
    }

    private int index(int tag) {
        return (tag * 0x9E3779B1) >>> 1 & (heads.length - 1);
    }
}
