package io.pramd.daemon.recovery;

/**
 * Immutable. One thing that a check found wrong.
 *
 * @param kind which rule is broken
 * @param where the structure, frame or node
 * @param expected what should be there
 * @param actual what is there
 */
public record FsckProblem(Kind kind, String where, String expected, String actual) {

    /** Which rule is broken. The names are part of the JSON output and never change. */
    public enum Kind {
        /** A copy of the super block does not verify. */
        SUPER_BLOCK,
        /** The file is shorter than its super block says. */
        FILE_SIZE,
        /** A copy of a root slot or record is not what any kill could leave. */
        FIXED_FRAME,
        /** A frame that must be zero is not. */
        RESERVED_FRAME,
        /** A sequence at or above the reserved limit, or one used twice. */
        SEQUENCE,
        /** No root, or one whose tree cannot be read. */
        ROOT,
        /** A copy of a directory page does not verify, or a page says what no daemon writes. */
        DIRECTORY_PAGE,
        /** A node page does not verify, or says what no daemon writes. */
        NODE_PAGE,
        /** Two nodes of one name. */
        NAME,
        /** A link does not verify, or a chain is longer or shorter than its node says. */
        LINK,
        /** A data page does not have the checksum of its entry. */
        DATA_PAGE,
        /** A frame is reached in two roles, or twice in a role that allows one. */
        ROLE
    }

    /** One line for people. */
    public String text() {
        return kind + " " + where + ": expected " + expected + ", found " + actual;
    }
}
