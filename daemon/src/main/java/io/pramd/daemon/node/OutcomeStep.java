package io.pramd.daemon.node;

/** Immutable. What the node table says to an outcome question, of one moment. */
sealed interface OutcomeStep {
    /** The answer; where it is "not done" the question has fenced. */
    record Answered(OutcomeAnswer answer) implements OutcomeStep {}

    /** The save's commit is under way: the answer is what comes of it. */
    record Committing(SaveStream saver) implements OutcomeStep {}

    /** Not all nodes' save ids are known yet. */
    record NotKnownYet() implements OutcomeStep {}
}
