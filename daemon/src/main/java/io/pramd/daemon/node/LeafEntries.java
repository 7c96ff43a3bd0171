package io.pramd.daemon.node;

import io.pramd.daemon.layout.DirectoryLayout;
import java.util.Arrays;
import java.util.BitSet;

/**
 * One owner (the opening, then the committer; readers of single slots go through the {@link
 * NodeTable}). The leaf entries of the tree in slot order: 16 bytes a node.
 */
public final class LeafEntries {
    private int[] tags = new int[DirectoryLayout.ENTRIES];
    private int[] csums = new int[DirectoryLayout.ENTRIES];
    private long[] pfns = new long[DirectoryLayout.ENTRIES];
    private final BitSet used = new BitSet();
    private int count; // of those in use: asked for by every commit
    private int firstMaybeFree;

    public void set(int slot, int tag, int csum, long pfn) {
        if (slot >= pfns.length) {
            int length = Math.max(slot + 1, pfns.length * 2);
            tags = Arrays.copyOf(tags, length);
            csums = Arrays.copyOf(csums, length);
            pfns = Arrays.copyOf(pfns, length);
        }
        tags[slot] = tag;
        csums[slot] = csum;
        pfns[slot] = pfn;
        if (pfn != 0) {
            take(slot);
        } else {
            clear(slot);
        }
    }

    private void take(int slot) {
        count += used.get(slot) ? 0 : 1;
        used.set(slot);
    }

    private void clear(int slot) {
        count -= used.get(slot) ? 1 : 0;
        used.clear(slot);
        firstMaybeFree = Math.min(firstMaybeFree, slot);
    }

    public int tag(int slot) {
        return slot < tags.length ? tags[slot] : 0;
    }

    public int csum(int slot) {
        return slot < csums.length ? csums[slot] : 0;
    }

    /** The node page of a slot; 0 when the slot is not used. */
    public long pfn(int slot) {
        return slot < pfns.length ? pfns[slot] : 0;
    }

    /** The node pages of some slots. */
    public long[] pfns(int[] slots) {
        long[] pfns = new long[slots.length];
        for (int i = 0; i < pfns.length; i++) {
            pfns[i] = pfn(slots[i]);
        }
        return pfns;
    }

    public boolean isUsed(int slot) {
        return used.get(slot);
    }

    /** Slots in use. */
    public int count() {
        return count;
    }

    /** One above the largest slot in use. */
    public int end() {
        return used.length();
    }

    /** The next slot in use from one on, or -1. */
    public int nextUsed(int slot) {
        return used.nextSetBit(slot);
    }

    /**
     * The smallest slot not in use and not taken; it counts as taken until it is set, or given back
     * by setting 0.
     */
    int takeSlot() {
        int slot = used.nextClearBit(firstMaybeFree);
        take(slot);
        firstMaybeFree = slot + 1;
        return slot;
    }

    void giveBack(int slot) {
        clear(slot);
    }
}
