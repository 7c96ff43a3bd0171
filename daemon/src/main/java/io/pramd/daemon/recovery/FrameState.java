package io.pramd.daemon.recovery;

/** Immutable. What a frame is in the moment of an answer: always just one of these. */
public enum FrameState {
    FREE('.'),
    /** A page of a node. */
    DATA('d'),
    /** A page of the directory, a node page, a link. */
    METADATA('m'),
    /** No current root reaches it, but a crash could bring one back that does. */
    HELD('h'),
    /** Of a node that somebody reads now, whether it is there yet or gone. */
    PINNED('p'),
    /** Handed out to a save or a commit; no root reaches it yet. */
    SAVING('s'),
    /** Never handed out: a fixed frame, or one that is kept until the next start. */
    BANNED('b'),
    /** Of a quarantined node. */
    QUARANTINED('q');

    private final char letter;

    FrameState(char letter) {
        this.letter = letter;
    }

    public char letter() {
        return letter;
    }
}
