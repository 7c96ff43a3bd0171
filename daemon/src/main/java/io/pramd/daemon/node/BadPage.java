package io.pramd.daemon.node;

/**
 * Immutable. What the daemon found when it read a reported page again.
 *
 * @param agreed whether it is bad here as well; its node is quarantined then
 */
public record BadPage(boolean agreed, int storedCsum, int actualCsum) {}
