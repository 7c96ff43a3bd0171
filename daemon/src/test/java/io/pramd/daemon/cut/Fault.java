package io.pramd.daemon.cut;

/** Immutable. A start found what it must never find. */
public final class Fault extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What was broken. */
    public enum Kind {
        /** No start is possible. */
        UNOPENABLE,
        /** A state older than was promised. */
        LOST,
        /** Something that was never committed as a whole. */
        WRONG,
        /** The checker found damage. */
        UNCLEAN,
        /** A frame is in no role, or in two. */
        LEAKED,
        /** A sequence was given twice. */
        SEQUENCE
    }

    Fault(Kind kind, String text) {
        super(kind + ": " + text);
        this.kind = kind;
    }

    Fault(Kind kind, String text, Throwable cause) {
        super(kind + ": " + text, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
