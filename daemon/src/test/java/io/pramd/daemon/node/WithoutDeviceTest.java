package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.memory.FileSystem;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.recovery.FixedFrames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A memory file on tmpfs: each commit stores a forced slot too. */
class WithoutDeviceTest {
    private static final Path TMPFS = Path.of("/dev/shm");

    /** Holds every force back, once it is told to. */
    private static final class SlowDevice implements MemoryObserver {
        private final AtomicBoolean armed = new AtomicBoolean();
        private final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public void forcing(long fileOffset, long bytes) {
            if (armed.get()) {
                try {
                    assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @Test
    void neverPutsAnOlderRootInTheForcedSlots() throws IOException {
        assumeFalse(!Files.isDirectory(TMPFS) || FileSystem.of(TMPFS).isOnDevice());
        Path file = Files.createTempFile(TMPFS, "pramd", ".test");
        SlowDevice device = new SlowDevice();
        try (StoreFixture fixture =
                StoreFixture.format(
                        file, StoreFixture.SMALL_BYTES, How.THREADED.observedBy(device))) {
            fixture.streams().save("a", bytes(1, 100));
            long root = fixture.info("root.sequence");
            device.armed.set(true);
            CompletableFuture<Void> forced = fixture.store().force();
            fixture.streams().save("b", bytes(2, 100));
            fixture.streams().save("c", bytes(3, 100));
            device.goOn.countDown();
            await(forced);
            List<FixedFrames.ValidSlot> slots =
                    new FixedFrames(fixture.memory()::read, fixture.store().uuid())
                            .slots(RootSlotLayout.KIND_FORCED);
            assertThat(slots).hasSize(2);
            assertThat(slots).allMatch(slot -> slot.slot().sequence() > root);
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
