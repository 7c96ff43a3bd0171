package io.pramd.daemon.server;

/**
 * Immutable: what a server has moved and answered since its start.
 *
 * @param savedBytes of pages that have come, whatever became of their saves
 * @param loadedBytes of pages that were sent, some perhaps twice
 * @param requests that were answered, streams among them
 */
public record Traffic(long savedBytes, long loadedBytes, long requests) {}
