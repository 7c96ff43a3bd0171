package io.pramd.daemon.embedded;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** One owner. A folder for what nobody keeps, made when it is first needed. */
final class TempFolder implements AutoCloseable {
    private Path folder;

    Path resolve(String name) {
        if (folder == null) {
            try {
                folder = Files.createTempDirectory("pramd-");
            } catch (IOException e) {
                throw StoreException.of(Errno.EIO, "cannot create a temporary folder: " + e);
            }
        }
        return folder.resolve(name);
    }

    @Override
    public void close() {
        if (folder == null) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
            folder = null;
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot remove a temporary folder: folder=" + folder + " " + e);
        }
    }
}
