package io.pramd.daemon.cut;

import io.pramd.daemon.layout.Durability;
import java.util.Optional;

/** One owner. What one save, removal or consuming load changes. */
final class Change {
    private static final int NOT_COMMITTED = -1;

    private final String name;
    private final Optional<Content> content;
    private final Durability durability;
    private int state = NOT_COMMITTED;

    /**
     * A change that is about to be submitted.
     *
     * @param content empty: the name goes
     */
    Change(String name, Optional<Content> content, Durability durability) {
        this.name = name;
        this.content = content;
        this.durability = durability;
    }

    String name() {
        return name;
    }

    Optional<Content> content() {
        return content;
    }

    Durability durability() {
        return durability;
    }

    /** The state that is the first to have it. */
    int state() {
        return state;
    }

    boolean isCommitted() {
        return state != NOT_COMMITTED;
    }

    void committedAs(int newState) {
        state = newState;
    }
}
