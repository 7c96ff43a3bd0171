package io.pramd.daemon.torture;

/** Immutable. An answer of an admin listener that contradicts itself or an earlier one. */
final class WrongAnswer extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongAnswer(String text) {
        super(text);
    }

    /** Whatever is said of an answer must hold. */
    static void require(boolean holds, String text) {
        if (!holds) {
            throw new WrongAnswer(text);
        }
    }

    /** Two figures that must be the same. */
    static void requireEqual(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new WrongAnswer(what + ": expected=" + expected + " actual=" + actual);
        }
    }
}
