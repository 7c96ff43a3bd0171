package io.pramd.daemon.life;

import io.pramd.daemon.admin.AdminAddress;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.memory.FileSystem;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.PathFault;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.AuditLog;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Immutable: what is to be served, and how.
 *
 * @param memory the memory file
 * @param sizeBytes of the file when it is created; 0 where it must be there
 * @param listen one address at least
 * @param protection against those who connect
 * @param durability of changes that ask for none; empty: interval on a device, else process
 * @param savingMax how long a save may be open; zero: as long as it likes
 * @param scrubBytesPerSecond how fast all nodes are read and verified in the background; 0: never
 * @param admin where administrators look at it; empty: nowhere
 * @param observer told of every change of the memory
 */
public record ServePlan(
        Path memory,
        long sizeBytes,
        List<ListenAddress> listen,
        ProtectionPlan protection,
        Optional<Durability> durability,
        Duration savingMax,
        long scrubBytesPerSecond,
        Optional<AdminAddress> admin,
        MemoryObserver observer) {
    public ServePlan {
        listen = List.copyOf(listen);
    }

    /** The same, and what is done is written down there. */
    public ServePlan withAudit(AuditLog audit) {
        return new ServePlan(
                memory,
                sizeBytes,
                listen,
                protection.withAudit(audit),
                durability,
                savingMax,
                scrubBytesPerSecond,
                admin,
                observer);
    }

    /**
     * Whether a memory file can be where it is to be, as far as that can be told without opening
     * it.
     *
     * @throws StoreException EINVAL for a folder
     */
    public void requirePlace() {
        if (Files.isDirectory(memory)) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "the memory file is a folder, a regular file is expected: file=" + memory);
        }
    }

    /**
     * The level that changes have which ask for none.
     *
     * @throws StoreException EINVAL for power where there is no device, ENOENT without a folder
     */
    public Durability level() {
        boolean isOnDevice = isOnDevice();
        if (!isOnDevice && durability.filter(Durability.POWER::equals).isPresent()) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "durability power needs a device, and a power cut leaves nothing of a file in"
                            + " memory only: file="
                            + memory);
        }
        return durability.orElse(isOnDevice ? Durability.INTERVAL : Durability.PROCESS);
    }

    private boolean isOnDevice() {
        Path existing = Files.exists(memory) ? memory : memory.toAbsolutePath().getParent();
        try {
            return FileSystem.of(existing).isOnDevice();
        } catch (NoSuchFileException e) {
            throw StoreException.of(
                    Errno.ENOENT, "no such folder for the memory file: folder=" + existing);
        } catch (IOException e) {
            throw StoreException.of(
                    PathFault.errno(e), "cannot tell the file system of the memory file: " + e);
        }
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
