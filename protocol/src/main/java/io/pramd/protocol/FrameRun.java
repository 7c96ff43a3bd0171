package io.pramd.protocol;

/**
 * Immutable: adjacent frames of a memory file.
 *
 * @param pfn of the first one
 * @param frames how many, at least one
 */
public record FrameRun(long pfn, long frames) {}
