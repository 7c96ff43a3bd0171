package io.pramd.daemon.recovery;

/**
 * Immutable. How a survey says whom a frame belongs to, in one number: above 0 the row of a node
 * and one, below 0 a letter of a node that has no row.
 */
final class FrameOwners {
    private static final String LETTERS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private FrameOwners() {}

    static int withoutRow(long sequence) {
        return -1 - letter(sequence);
    }

    /** One of 64 numbers, always the same for a sequence, and not that of its neighbours. */
    static int letter(long sequence) {
        return (int) (sequence * 0x9e3779b97f4a7c15L >>> 58);
    }

    static char asCharacter(int letter) {
        return LETTERS.charAt(letter);
    }

    static int letterOf(int owner, NodeRows rows) {
        return owner > 0 ? letter(rows.sequence(owner - 1)) : -1 - owner;
    }
}
