package io.pramd.daemon.life;

import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Immutable: what is to be served, and how.
 *
 * @param memory the memory file
 * @param sizeBytes of the file when it is created; 0 where it must be there
 * @param listen one address at least
 * @param insecure whether addresses beyond loopback may be listened on
 * @param observer told of every change of the memory
 */
public record ServePlan(
        Path memory,
        long sizeBytes,
        List<ListenAddress> listen,
        boolean insecure,
        MemoryObserver observer) {
    public ServePlan {
        listen = List.copyOf(listen);
    }

    /**
     * Whether there is nothing to open, so that the size must say what to create.
     *
     * @throws StoreException EIO when that cannot be told
     */
    public boolean createsMemory() {
        try {
            return !Files.exists(memory) || Files.isRegularFile(memory) && Files.size(memory) == 0;
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot read the memory file: file=" + memory + " " + e);
        }
    }
}
