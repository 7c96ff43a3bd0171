package io.pramd.daemon.node;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;

/**
 * One owner. A hash table of slots outside the heap, 5 to 11 bytes a slot: what is hashed is in the
 * records of the slots.
 */
final class SlotTable {
    /** What {@link #find} answers when there is none. */
    static final int NONE = -1;

    private static final int CELLS_MIN = 64;

    private final IntToLongFunction hashOf;
    private MemorySegment cells = cells(CELLS_MIN); // the slot + 1; 0 is empty
    private int mask = CELLS_MIN - 1;
    private int size;

    /**
     * @param hashOf of a slot that is in the table; the low bits count
     */
    SlotTable(IntToLongFunction hashOf) {
        this.hashOf = hashOf;
    }

    private static MemorySegment cells(int count) {
        return Arena.ofAuto().allocate((long) count * Integer.BYTES, Integer.BYTES);
    }

    /** The slot of that hash for which the predicate holds. */
    int find(long hash, IntPredicate isWanted) {
        for (int at = (int) hash & mask; ; at = at + 1 & mask) {
            int slot = slot(at);
            if (slot == NONE || isWanted.test(slot)) {
                return slot;
            }
        }
    }

    /** Makes room for so many, so that filling the table moves none of them. */
    void expect(int slots) {
        int count = mask + 1;
        while (isTooFull(slots, count)) {
            count = Math.multiplyExact(count, 2);
        }
        if (count > mask + 1) {
            growTo(count);
        }
    }

    private static boolean isTooFull(int slots, int count) {
        return slots * 4L > count * 3L;
    }

    /** Adds a slot that is not there; its record must be. */
    void add(int slot) {
        add(slot, hashOf.applyAsLong(slot));
    }

    /** Adds a slot that is not there, of which the hash is known already. */
    void add(int slot, long hash) {
        if (isTooFull(size + 1, mask + 1)) {
            growTo(Math.multiplyExact(mask + 1, 2));
        }
        put(slot, hash);
        size++;
    }

    private void put(int slot, long hash) {
        int at = (int) hash & mask;
        while (slot(at) != NONE) {
            at = at + 1 & mask;
        }
        set(at, slot);
    }

    private void growTo(int count) {
        MemorySegment before = cells;
        int countBefore = mask + 1;
        cells = cells(count);
        mask = count - 1;
        for (int at = 0; at < countBefore; at++) {
            int cell = before.getAtIndex(ValueLayout.JAVA_INT, at);
            if (cell != 0) {
                put(cell - 1, hashOf.applyAsLong(cell - 1));
            }
        }
    }

    /** Takes a slot out, if it is there; its record must be there until then. */
    void remove(int slot) {
        int at = home(slot);
        while (slot(at) != slot) {
            if (slot(at) == NONE) {
                return;
            }
            at = at + 1 & mask;
        }
        close(at);
        size--;
    }

    /** Moves back what a gap would cut off from its place. */
    private void close(int emptied) {
        int gap = emptied;
        for (int at = gap + 1 & mask; slot(at) != NONE; at = at + 1 & mask) {
            int distance = at - home(slot(at)) & mask;
            if (distance >= (at - gap & mask)) {
                set(gap, slot(at));
                gap = at;
            }
        }
        set(gap, NONE);
    }

    private int home(int slot) {
        return (int) hashOf.applyAsLong(slot) & mask;
    }

    private int slot(int at) {
        return cells.getAtIndex(ValueLayout.JAVA_INT, at) - 1;
    }

    private void set(int at, int slot) {
        cells.setAtIndex(ValueLayout.JAVA_INT, at, slot + 1);
    }
}
