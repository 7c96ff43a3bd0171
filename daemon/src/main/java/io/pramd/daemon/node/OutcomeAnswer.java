package io.pramd.daemon.node;

/** Immutable. The outcome of a save, with its node's sequence where it was done, else 0. */
public record OutcomeAnswer(Outcome outcome, long sequence) {}
