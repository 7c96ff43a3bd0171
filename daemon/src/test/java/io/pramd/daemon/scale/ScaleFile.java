package io.pramd.daemon.scale;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.Store;
import io.pramd.daemon.node.StoreThreads;
import io.pramd.daemon.recovery.FirstContents;
import io.pramd.daemon.recovery.OpenStore;
import io.pramd.daemon.recovery.Opening;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** One owner. A memory file opened as the daemon opens it, and how long that took. */
final class ScaleFile implements AutoCloseable {
    static final BootId BOOT = new BootId(3, 4);

    private final StoreThreads threads = new StoreThreads();
    private final OpenStore open;
    private final long begin = System.nanoTime();
    private final long servingMillis;
    private long walkedMillis;

    ScaleFile(Path file) {
        open =
                Opening.open(
                        new Opening.Settings(
                                file,
                                BOOT,
                                Durability.PROCESS,
                                MemoryObserver.NONE,
                                CrashPoint.Listener.NONE,
                                threads.threads()));
        servingMillis = millis();
    }

    static void format(Path file, long bytes) {
        FirstContents.format(file, bytes, BOOT).close();
    }

    /** Reads all node pages and counts all references. */
    ScaleFile walk() {
        open.recover();
        walkedMillis = millis();
        return this;
    }

    private long millis() {
        return (System.nanoTime() - begin) / 1_000_000;
    }

    Store store() {
        return open.store();
    }

    OpenStore opened() {
        return open;
    }

    long servingMillis() {
        return servingMillis;
    }

    long walkedMillis() {
        return walkedMillis;
    }

    @Override
    public void close() {
        store().force().join();
        threads.close();
        try {
            open.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
