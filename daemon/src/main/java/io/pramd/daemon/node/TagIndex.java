package io.pramd.daemon.node;

import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. Finds slots by the tag of their name until all node pages have been read: open
 * addressing, one int a slot of a table at most half full.
 */
final class TagIndex {
    private static final int EMPTY = -1;

    private final LeafEntries leaves;
    private final int[] slots;

    TagIndex(LeafEntries leaves) {
        this.leaves = leaves;
        slots = new int[Integer.highestOneBit(Math.max(leaves.count(), 1)) * 4];
        java.util.Arrays.fill(slots, EMPTY);
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            int at = index(leaves.tag(slot));
            while (slots[at] != EMPTY) {
                at = (at + 1) & (slots.length - 1);
            }
            slots[at] = slot;
        }
    }

    /** All slots whose name has this tag. */
    List<Integer> find(int tag) {
        List<Integer> found = new ArrayList<>();
        for (int at = index(tag); slots[at] != EMPTY; at = (at + 1) & (slots.length - 1)) {
            if (leaves.tag(slots[at]) == tag) {
                found.add(slots[at]);
            }
        }
        return found;
    }

    private int index(int tag) {
        return (tag * 0x9E3779B1) >>> 1 & (slots.length - 1);
    }
}
