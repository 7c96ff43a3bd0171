package io.pramd.daemon.cli;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.StoreThreads;
import io.pramd.daemon.recovery.BootIds;
import io.pramd.daemon.recovery.FirstContents;
import io.pramd.daemon.recovery.OpenStore;
import io.pramd.daemon.recovery.Opening;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner. Opens the memory file of a daemon, and creates it first when it is missing or empty.
 */
final class MemoryOpener {
    /** The number of the level {@code process} in root slots. */
    static final int DURABILITY_PROCESS = 1;

    private static final Logger LOG = LoggerFactory.getLogger(MemoryOpener.class);

    private final Path file;
    private final ByteSize size;
    private final MemoryObserver observer;
    private StoreThreads threads;

    MemoryOpener(Path file, ByteSize size, MemoryObserver observer) {
        this.file = file;
        this.size = size;
        this.observer = observer;
    }

    /** Whether there is nothing to open, so that a size must say what to create. */
    boolean needsSize() {
        try {
            return !Files.exists(file) || Files.isRegularFile(file) && Files.size(file) == 0;
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot read the memory file: file=" + file + " " + e);
        }
    }

    OpenStore open() {
        BootId bootId = BootIds.read(BootIds.KERNEL);
        boolean isNew = needsSize();
        FileLock lock =
                isNew
                        ? FirstContents.format(file, size.bytes(), bootId, DURABILITY_PROCESS)
                        : FileLock.acquire(file);
        threads = new StoreThreads();
        Opening.Settings settings =
                new Opening.Settings(
                        file,
                        bootId,
                        DURABILITY_PROCESS,
                        observer,
                        CrashPoint.Listener.NONE,
                        threads.threads());
        try {
            OpenStore open = Opening.open(settings, lock);
            long bytes = FileLayout.fileOffset(open.memory().frameCount());
            if (size != null
                    && size.bytes() / FileLayout.FRAME_BYTES != open.memory().frameCount()) {
                LOG.warn(
                        "--size {} only creates: {} keeps its size {}",
                        size,
                        file,
                        new ByteSize(bytes));
            }
            return open;
        } catch (StoreException e) {
            threads.close();
            throw e;
        }
    }

    /** The threads of the store that was opened. */
    StoreThreads threads() {
        return threads;
    }
}
