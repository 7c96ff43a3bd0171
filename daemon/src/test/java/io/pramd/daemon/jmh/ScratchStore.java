package io.pramd.daemon.jmh;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One owner: a benchmark's store, on a file in shared memory where there is some. */
public final class ScratchStore implements AutoCloseable {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final long BYTES = 64L << 20;

    private final Path file;
    private final StoreFixture store;

    private ScratchStore(Path file, How how) {
        this.file = file;
        this.store = StoreFixture.format(file, BYTES, how);
    }

    /** A new file of 64 MiB, all of it populated. */
    public static ScratchStore format(How how) {
        Path parent =
                Files.isWritable(SHARED_MEMORY)
                        ? SHARED_MEMORY
                        : Path.of(System.getProperty("java.io.tmpdir"));
        Path file = parent.resolve("pramd-jmh-" + ProcessHandle.current().pid());
        ScratchStore scratch = new ScratchStore(file, how);
        scratch.store.memory().populateForWrite(0, (int) scratch.store.memory().frameCount());
        return scratch;
    }

    public StoreFixture store() {
        return store;
    }

    @Override
    public void close() {
        try {
            store.close();
        } finally {
            remove(file);
            remove(file.resolveSibling(file.getFileName() + ".pid"));
        }
    }

    private static void remove(Path left) {
        try {
            Files.deleteIfExists(left);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
