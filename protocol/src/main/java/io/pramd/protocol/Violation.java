package io.pramd.protocol;

/**
 * Immutable: why a name or metadata is refused.
 *
 * @param errno ENAMETOOLONG or EINVAL
 * @param text what, and which limit
 */
public record Violation(Errno errno, String text) {}
