package io.pramd.daemon.node;

/** Immutable. What became of a save. */
public enum Outcome {
    /** Committed, and its node is there. */
    DONE,
    /** Not committed, and it never will be. */
    NOT_DONE,
    /** Committed, then consumed, replaced or removed. */
    GONE,
    /** Older than what the daemon remembers. */
    UNKNOWN
}
