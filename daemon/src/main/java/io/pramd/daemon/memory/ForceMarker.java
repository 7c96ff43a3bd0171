package io.pramd.daemon.memory;

import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Thread-safe. The file {@code FILE.force-failed} beside a memory file: a force failed, so only
 * forced roots may be believed until a new root has been forced.
 */
public final class ForceMarker {
    private final Path marker;

    public ForceMarker(Path memoryFile) {
        marker = memoryFile.resolveSibling(memoryFile.getFileName() + ".force-failed");
    }

    public boolean exists() {
        return Files.exists(marker);
    }

    public Path path() {
        return marker;
    }

    /**
     * Creates the marker and forces its folder; durable on return if the device still takes
     * anything.
     */
    public void create(String why) {
        try {
            Files.writeString(marker, why + System.lineSeparator());
            forceFolderOf(marker);
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot create the marker: file=" + marker + " " + e);
        }
    }

    /** Removes the marker; only after a new root was forced. */
    public void remove() {
        try {
            Files.deleteIfExists(marker);
            forceFolderOf(marker);
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot remove the marker: file=" + marker + " " + e);
        }
    }

    /** Makes a name in a folder durable. */
    static void forceFolderOf(Path file) throws IOException {
        try (FileChannel folder =
                FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
