package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Immutable. Asks the kernel which boot this is. */
public final class BootIds {
    /** Where Linux says it. */
    public static final Path KERNEL = Path.of("/proc/sys/kernel/random/boot_id");

    private BootIds() {}

    /**
     * Reads a boot id.
     *
     * @throws StoreException EIO naming the path when it cannot be read: without it a current root
     *     could be believed after a power cut
     */
    public static BootId read(Path path) {
        try {
            return BootId.parse(Files.readString(path).strip());
        } catch (IOException | IllegalArgumentException e) {
            throw StoreException.of(Errno.EIO, "boot id cannot be read: file=" + path + " " + e);
        }
    }
}
