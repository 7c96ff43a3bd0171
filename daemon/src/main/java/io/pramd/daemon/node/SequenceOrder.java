package io.pramd.daemon.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * One owner. Slots in the order of their nodes' sequences, 4 to 8 bytes each, in blocks: a slot
 * that comes or goes moves few others, and the newest, which is the usual one, none.
 */
final class SequenceOrder {
    private static final int BLOCK_SLOTS = 512;
    private static final int BLOCK_SLOTS_MIN = 8;

    private final IntToLongFunction sequenceOf;
    private final List<Block> blocks = new ArrayList<>();

    /** One owner. Neighbours in the order; never empty. */
    private static final class Block {
        private int[] slots = new int[BLOCK_SLOTS_MIN];
        private int size;

        void insert(int at, int slot) {
            if (size == slots.length) {
                slots = Arrays.copyOf(slots, size * 2);
            }
            System.arraycopy(slots, at, slots, at + 1, size - at);
            slots[at] = slot;
            size++;
        }

        void remove(int at) {
            size--;
            System.arraycopy(slots, at + 1, slots, at, size - at);
        }

        Block split() {
            Block upper = new Block();
            int half = size / 2;
            upper.slots = Arrays.copyOfRange(slots, half, half + BLOCK_SLOTS);
            upper.size = size - half;
            size = half;
            return upper;
        }

        void append(Block next) {
            slots = Arrays.copyOf(slots, BLOCK_SLOTS);
            System.arraycopy(next.slots, 0, slots, size, next.size);
            size += next.size;
        }
    }

    /**
     * @param sequenceOf a slot that is in the order
     */
    SequenceOrder(IntToLongFunction sequenceOf) {
        this.sequenceOf = sequenceOf;
    }

    void add(int slot) {
        long sequence = sequenceOf.applyAsLong(slot);
        if (blocks.isEmpty()) {
            blocks.add(new Block());
        }
        int number = blockOf(sequence);
        Block block = blocks.get(number);
        int at = behind(block, sequence);
        if (block.size == BLOCK_SLOTS) {
            boolean isNewest = number == blocks.size() - 1 && at == block.size;
            Block upper = isNewest ? new Block() : block.split();
            blocks.add(number + 1, upper);
            if (at > block.size || isNewest) {
                at -= block.size;
                block = upper;
            }
        }
        block.insert(at, slot);
    }

    void remove(int slot) {
        long sequence = sequenceOf.applyAsLong(slot);
        int number = blockOf(sequence);
        Block block = blocks.get(number);
        block.remove(behind(block, sequence) - 1);
        if (block.size == 0) {
            blocks.remove(number);
            return;
        }
        if (number + 1 < blocks.size()
                && block.size + blocks.get(number + 1).size <= BLOCK_SLOTS / 2) {
            block.append(blocks.remove(number + 1));
        }
    }

    boolean contains(long sequence) {
        if (blocks.isEmpty()) {
            return false;
        }
        Block block = blocks.get(blockOf(sequence));
        int at = behind(block, sequence) - 1;
        return at >= 0 && sequenceOf.applyAsLong(block.slots[at]) == sequence;
    }

    /** The slots behind a sequence, in order, at most so many. */
    int[] after(long sequence, int limit) {
        int[] found = new int[limit];
        int count = 0;
        int first = blocks.isEmpty() ? 0 : blockOf(sequence);
        for (int number = first; number < blocks.size() && count < limit; number++) {
            Block block = blocks.get(number);
            int from = number == first ? behind(block, sequence) : 0;
            int taken = Math.min(block.size - from, limit - count);
            System.arraycopy(block.slots, from, found, count, taken);
            count += taken;
        }
        return Arrays.copyOf(found, count);
    }

    /** The last block that does not begin behind the sequence, or the first. */
    private int blockOf(long sequence) {
        int low = 0;
        int high = blocks.size() - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (sequenceOf.applyAsLong(blocks.get(middle).slots[0]) <= sequence) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Where in the block the first behind the sequence is. */
    private int behind(Block block, long sequence) {
        int low = 0;
        int high = block.size;
        while (low < high) {
            int middle = low + high >>> 1;
            if (sequenceOf.applyAsLong(block.slots[middle]) <= sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
