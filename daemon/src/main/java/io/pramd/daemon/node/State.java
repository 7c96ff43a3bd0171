package io.pramd.daemon.node;

import java.util.EnumSet;
import java.util.Set;

/**
 * Immutable. Where a node is in its life.
 *
 * <pre>
 *   SAVING --publish--> READY --prepare load--> LOADING --finish--> LEAVING --commit--> ABSENT
 *      |                 |  ^                      |                   |
 *      |                 |  +-------- abort -------+                   |
 *      +--discard        +--remove, replace--> LEAVING ----failed------+--> READY or LOADING
 * </pre>
 */
public enum State {
    /** Its stream is open, or its commit is under way; no root reaches it. */
    SAVING,
    /** Reached by the current root; may be loaded, peeked, removed, replaced. */
    READY,
    /** As ready, but one loader holds it. */
    LOADING,
    /** The commit that drops it is under way; peeks still begin. */
    LEAVING,
    /**
     * Something of it does not verify: it has lost its name and stays only to be salvaged or
     * removed. At an opening also one that has its name taken by a newer node, and gets it back if
     * the walk finds that one damaged.
     */
    QUARANTINED,
    /**
     * No current root reaches it; its frames go when the last pin and the last protecting root do.
     */
    ABSENT;

    private Set<State> next() {
        return switch (this) {
            case SAVING -> EnumSet.of(READY, ABSENT);
            case READY -> EnumSet.of(LOADING, LEAVING, QUARANTINED, ABSENT);
            case LOADING -> EnumSet.of(READY, LEAVING, QUARANTINED);
            case LEAVING -> EnumSet.of(READY, LOADING, ABSENT);
            case QUARANTINED -> EnumSet.of(READY, ABSENT);
            case ABSENT -> EnumSet.noneOf(State.class);
        };
    }

    boolean mayBecome(State state) {
        return next().contains(state);
    }
}
