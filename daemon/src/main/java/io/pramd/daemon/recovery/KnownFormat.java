package io.pramd.daemon.recovery;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Immutable. Whether a file is of a kind that this daemon opens. */
public final class KnownFormat {
    private KnownFormat() {}

    /**
     * Reads the super block only: another daemon may have the file meanwhile.
     *
     * @throws StoreException EINVAL when it is no memory file of this version, EIO when it cannot
     *     be read
     */
    public static void require(Path path) {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            Identity.read(FileFrames.of(file));
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot read the memory file: file=" + path + " " + e);
        }
    }
}
