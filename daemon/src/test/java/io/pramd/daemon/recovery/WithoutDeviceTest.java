package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.recovery.FixedFrames.ValidSlot;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A memory file on tmpfs: every commit's root is a forced one, and nothing is ever held. */
@Timeout(60)
class WithoutDeviceTest {
    private Path folder;
    private Path file;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory(Path.of("/dev/shm"), "pramd");
        file = folder.resolve("m");
    }

    @AfterEach
    void removeFolder() throws IOException {
        Files.deleteIfExists(folder.resolve("m.pid"));
        Files.deleteIfExists(file);
        Files.delete(folder);
    }

    private List<ValidSlot> slots(int kind) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            Identity identity = Identity.read(FileFrames.of(channel));
            return new FixedFrames(FileFrames.of(channel), identity.uuid()).slots(kind);
        }
    }

    @Test
    void holdsNothingAndLosesNothingToAKill() {
        try (StoreFixture fixture = StoreFixture.format(file)) {
            assertThat(fixture.memory().isOnDevice()).isFalse();
            for (int round = 0; round < 20; round++) {
                fixture.streams().save("a", bytes(round, 1_000_000));
                await(fixture.store().force());
                fixture.streams().consume("a");
                fixture.requireHeldAtMost(0);
            }
            fixture.streams().save("b", bytes(1, 100_000));
            try (StoreFixture killed = fixture.killAndRestart()) {
                assertThat(killed.streams().peek("b")).isEqualTo(bytes(1, 100_000));
                refused(Errno.ENOENT, killed.store().stat("a"));
                killed.requireEveryFrameAccountedFor();
                killed.requireHeldAtMost(0);
            }
        }
    }

    @Test
    void storesEveryRootInAForcedSlotToo() throws IOException {
        try (StoreFixture fixture = StoreFixture.format(file)) {
            for (int i = 0; i < 5; i++) {
                fixture.streams().save("n" + i, bytes(i, 100));
                long newest = slots(RootSlotLayout.KIND_CURRENT).getFirst().slot().sequence();
                assertThat(newest).isEqualTo(fixture.info("root.sequence"));
                assertThat(slots(RootSlotLayout.KIND_FORCED).getFirst().slot().sequence())
                        .isEqualTo(newest);
            }
        }
    }

    @Test
    void keepsBothForcedSlotsWholeWhenRootsAreForcedBesideCommits() throws Exception {
        StoreFixture fixture = StoreFixture.format(file);
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> forcing =
                    threads.submit(
                            () -> {
                                while (!over.get()) {
                                    await(fixture.store().force());
                                }
                            });
            try {
                requireNewestRootForced(fixture);
            } finally {
                over.set(true);
            }
            forcing.get();
        }
        assertThat(slots(RootSlotLayout.KIND_FORCED)).hasSize(2);
        fixture.close();
    }

    private void requireNewestRootForced(StoreFixture fixture) throws IOException {
        for (int round = 0; round < 2000; round++) {
            fixture.streams().save("a", new byte[0]);
            long stored = fixture.info("root.sequence");
            List<ValidSlot> forced = slots(RootSlotLayout.KIND_FORCED);
            assertThat(forced.getFirst().slot().sequence()).isEqualTo(stored);
            await(fixture.store().remove("a", 0));
        }
    }
}
