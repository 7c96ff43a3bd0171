package io.pramd.daemon.recovery;

/** Immutable. What a survey found a frame to be used for; the order is that of the stored codes. */
enum FrameUse {
    /** The root does not reach it, and nothing that was dropped does: free, handed out, or lost. */
    UNREACHED,
    DIRECTORY,
    NODE,
    LINK,
    DATA,
    /** Of something dropped that a crash could bring back. */
    HELD,
    /** Of a dropped node that somebody reads yet. */
    READ,
    /** Of a quarantined node, whatever it is there. */
    QUARANTINED;

    private static final FrameUse[] ALL = values();

    static FrameUse of(int code) {
        return ALL[code];
    }
}
