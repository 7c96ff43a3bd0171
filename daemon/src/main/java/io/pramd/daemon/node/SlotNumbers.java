package io.pramd.daemon.node;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * One owner. A number for each of some slots, 8 bytes each; parts of the slots in which none has
 * one take no room. Finds the slots with the least numbers.
 */
final class SlotNumbers {
    private static final int PART_BITS = 10;
    private static final int PART_SLOTS = 1 << PART_BITS;
    private static final long UNKNOWN = 0;

    /** What {@link #leastAbove} answers when there is none. */
    static final long NONE = Long.MAX_VALUE;

    private Part[] parts = new Part[0];
    private int size;

    /** One owner. */
    private static final class Part {
        final long[] numbers = new long[PART_SLOTS];
        int size;
        long least = UNKNOWN; // looked for only when somebody asks

        long least() {
            if (least == UNKNOWN) {
                least = NONE;
                for (long number : numbers) {
                    least = number == 0 ? least : Math.min(least, number);
                }
            }
            return least;
        }
    }

    /** 0: the slot has none. */
    long get(int slot) {
        int at = slot >>> PART_BITS;
        return at < parts.length && parts[at] != null
                ? parts[at].numbers[slot & PART_SLOTS - 1]
                : 0;
    }

    /**
     * @param number greater than 0; 0 takes the slot's away
     */
    void set(int slot, long number) {
        int at = slot >>> PART_BITS;
        if (number == 0 && get(slot) == 0) {
            return;
        }
        if (at >= parts.length) {
            parts = Arrays.copyOf(parts, Math.max(at + 1, parts.length * 2));
        }
        if (parts[at] == null) {
            parts[at] = new Part();
        }
        Part part = parts[at];
        long before = part.numbers[slot & PART_SLOTS - 1];
        part.numbers[slot & PART_SLOTS - 1] = number;
        int more = (number == 0 ? 0 : 1) - (before == 0 ? 0 : 1);
        size += more;
        part.size += more;
        if (part.size == 0) {
            parts[at] = null;
        } else if (before != 0 && before == part.least) {
            part.least = UNKNOWN;
        } else if (number != 0 && part.least != UNKNOWN) {
            part.least = Math.min(part.least, number);
        }
    }

    /** Slots that have one. */
    int size() {
        return size;
    }

    /** The least number that is greater. */
    long leastAbove(long bound) {
        long least = NONE;
        for (Part part : parts) {
            if (part != null && part.least() > bound) {
                least = Math.min(least, part.least());
            } else if (part != null) {
                for (long number : part.numbers) {
                    least = number > bound ? Math.min(least, number) : least;
                }
            }
        }
        return least;
    }

    /** Wanted slots with numbers that are not greater, at most so many. */
    int[] upTo(long bound, int limit, IntPredicate isWanted) {
        int[] found = new int[limit];
        int count = 0;
        for (int at = 0; at < parts.length && count < limit; at++) {
            if (parts[at] == null || parts[at].least() > bound) {
                continue;
            }
            for (int i = 0; i < PART_SLOTS && count < limit; i++) {
                long number = parts[at].numbers[i];
                int slot = (at << PART_BITS) + i;
                if (number != 0 && number <= bound && isWanted.test(slot)) {
                    found[count++] = slot;
                }
            }
        }
        return Arrays.copyOf(found, count);
    }
}
