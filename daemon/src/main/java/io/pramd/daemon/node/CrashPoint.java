package io.pramd.daemon.node;

/**
 * Immutable. Places between two steps of a change where a test may stop the world; docs/recovery.md
 * numbers them.
 */
public enum CrashPoint {
    NODE_STORED,
    TREE_STORED,
    TREE_FORCED,
    CURRENT_SLOT_STORED,
    FORCED_SLOT_STORED,
    ROOT_FORCED,
    SEQUENCES_RESERVED,
    OPEN_SLOTS_REPAIRED,
    OPEN_CURRENT_SLOT_STORED,
    FILE_EXTENDED,
    EXTENSION_FORCED,
    SUPER_BLOCK_STORED,
    SUPER_BLOCK_FORCED,
    PAGES_MOVED,
    ROOT_MOVED,
    REMAINS_CLEARED,
    FILE_TRUNCATED;

    /** Called when a point is reached; a test may throw from it, a daemon does nothing. */
    @FunctionalInterface
    public interface Listener {
        Listener NONE = point -> {};

        void reached(CrashPoint point);
    }
}
