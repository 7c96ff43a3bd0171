package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store in this JVM holds the lock and goes on changing the file while it is checked. */
class FsckBesideDaemonTest {
    private static final int CHECKS = 40;
    private static final int NAMES = 600;

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("m");
    }

    /** Replaces and removes nodes as fast as it can; the tree has three leaves. */
    private static CompletableFuture<Void> load(
            StoreFixture store, AtomicBoolean stop, AtomicLong verbs) {
        return CompletableFuture.runAsync(
                () -> {
                    Random random = new Random(1);
                    while (!stop.get()) {
                        String name = "n" + random.nextInt(NAMES);
                        if (random.nextInt(3) == 0) {
                            store.store().remove(name, 0).exceptionally(_ -> 0L).join();
                        } else {
                            byte[] contents = bytes(random.nextLong(), random.nextInt(20_000));
                            store.streams().save(replacing(name, NodeType.BYTE), contents);
                        }
                        verbs.incrementAndGet();
                    }
                });
    }

    @Test
    void findsNoDamageInAFileThatChangesAllTheTime() {
        try (StoreFixture store = StoreFixture.format(file, 16 << 20, How.THREADED)) {
            for (int i = 0; i < NAMES; i++) {
                store.streams().save("n" + i, bytes(i, 100));
            }
            AtomicBoolean stop = new AtomicBoolean();
            AtomicLong verbs = new AtomicLong();
            CompletableFuture<Void> load = load(store, stop, verbs);
            for (int i = 0; i < CHECKS; i++) {
                FsckReport report = Fsck.check(file, BOOT);
                assertThat(report.isClean()).as(report.toString()).isTrue();
                assertThat(report.besideDaemon()).isTrue();
                assertThat(report.counts().nodes()).isPositive();
            }
            stop.set(true);
            load.join();
        }
    }

    @Test
    void reportsRealDamageWhileTheFileChanges() throws IOException {
        StoreFixture store = StoreFixture.format(file);
        store.streams().save("still", bytes(7, 5000));
        long page;
        try (CraftedFile crafted = new CraftedFile(file)) {
            page = NodeLayout.inlinePfn(crafted.read(crafted.nodePfn(0)), 0);
        }
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> load = load(store, stop, new AtomicLong());
        try (CraftedFile crafted = new CraftedFile(file)) {
            crafted.flip(page, 5);
            FsckReport report = Fsck.check(file, BOOT);
            crafted.flip(page, 5);

            assertThat(report.problems()).as(report.toString()).hasSize(1);
            assertThat(report.problems().getFirst().kind()).isEqualTo(Kind.DATA_PAGE);
        } finally {
            stop.set(true);
            load.join();
            store.close();
        }
    }

    @Test
    void leavesNoLockBehindAndTakesNoneFromADaemon() {
        StoreFixture.format(file).close();
        Fsck.check(file, BOOT);

        try (FileLock lock = FileLock.acquire(file)) {
            assertThat(Fsck.check(file, BOOT).besideDaemon()).isTrue();
            assertThat(FileLock.isHeld(lock.path())).isTrue();
        }
        assertThat(Fsck.check(file, BOOT).besideDaemon()).isFalse();
    }
}
