package io.pramd.client;

/** Thread-safe: hears how far a backup has come. */
@FunctionalInterface
public interface BackupProgress {
    /**
     * @param bytes that have been written
     * @param bytesMax that will be, at most
     */
    void written(long bytes, long bytesMax);
}
