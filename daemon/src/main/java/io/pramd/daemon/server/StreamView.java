package io.pramd.daemon.server;

/**
 * Immutable: one open stream of a connection, at one moment.
 *
 * @param id on its connection
 * @param kind save, load or peek
 * @param pages that have come, or were sent
 * @param pagesTotal that there will be; 0: not known
 * @param openMillis since it was asked for
 */
public record StreamView(
        long id, String kind, String name, long pages, long pagesTotal, long openMillis) {}
