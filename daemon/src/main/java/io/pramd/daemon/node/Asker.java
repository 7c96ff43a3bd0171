package io.pramd.daemon.node;

import java.util.function.Predicate;

/**
 * Immutable. Who asks what became of a save.
 *
 * @param principal whose saves the question is about; {@link #EVERYBODYS}: whoever's it was
 * @param mayFence whether an open save of that principal may be given up by asking
 */
public record Asker(String principal, Predicate<String> mayFence) {
    static final String EVERYBODYS = "";

    /** Who may ask about any save: an operator, or who is not asked who he is. */
    public static final Asker ANYBODY = new Asker(EVERYBODYS, principal -> true);
}
