package io.pramd.daemon.memory;

/**
 * Told of every change of mapped bytes and of every force, in the order in which they happened for
 * one thread: a test puts a recording memory, a kill or a failing device underneath. Called from
 * many threads.
 */
public interface MemoryObserver {

    /** Hears nothing. */
    MemoryObserver NONE = new MemoryObserver() {};

    /**
     * Bytes were stored through the mapping, by us or by the kernel reading a socket. Called after
     * the store.
     */
    default void written(long fileOffset, long bytes) {}

    /**
     * Bytes are about to be forced. May throw {@link StoreException} to stand for a device that
     * fails.
     */
    default void forcing(long fileOffset, long bytes) {}

    /** Where the file lies. A test may stand for a device below a file in memory. */
    default FileSystem fileSystem(FileSystem found) {
        return found;
    }

    /** Bytes were forced: what was written to them before {@link #forcing} is on the device. */
    default void forced(long fileOffset, long bytes) {}
}
