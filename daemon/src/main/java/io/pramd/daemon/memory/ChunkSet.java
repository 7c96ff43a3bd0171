package io.pramd.daemon.memory;

/**
 * One owner. A set of chunk numbers as a tree of 64-way bit words: adding, removing and finding the
 * smallest member cost one step a level, and a level covers 64 times more than the one below, so
 * the cost hardly grows with the file.
 */
final class ChunkSet {
    private final long[][] levels;

    ChunkSet(int chunks) {
        int depth = 1;
        for (long covered = Long.SIZE; covered < chunks; covered *= Long.SIZE) {
            depth++;
        }
        levels = new long[depth][];
        long members = Math.max(chunks, 1);
        for (int level = 0; level < depth; level++) {
            members = Math.ceilDiv(members, Long.SIZE);
            levels[level] = new long[Math.toIntExact(members)];
        }
    }

    void add(int chunk) {
        int index = chunk;
        for (long[] words : levels) {
            words[index >>> 6] |= 1L << index;
            index >>>= 6;
        }
    }

    void remove(int chunk) {
        int index = chunk;
        for (long[] words : levels) {
            words[index >>> 6] &= ~(1L << index);
            if (words[index >>> 6] != 0) {
                return;
            }
            index >>>= 6;
        }
    }

    boolean isEmpty() {
        return levels[levels.length - 1][0] == 0;
    }

    /** The smallest member; the set must not be empty. */
    int first() {
        int index = 0;
        for (int level = levels.length - 1; level >= 0; level--) {
            index = (index << 6) | Long.numberOfTrailingZeros(levels[level][index]);
        }
        return index;
    }
}
