package io.pramd.client;

import java.util.List;

/**
 * Immutable: what a backup holds.
 *
 * @param fileBytes size of the file, most of which may be a hole
 * @param writtenBytes of it
 * @param rootSequence of the root that it has
 * @param nodes that the root has
 * @param damage what does not verify in the daemon's file, and so in this one, in words
 */
public record BackupReport(
        long fileBytes, long writtenBytes, long rootSequence, long nodes, List<String> damage) {
    public BackupReport {
        damage = List.copyOf(damage);
    }
}
