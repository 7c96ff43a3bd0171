package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SequenceReservationTest {
    @TempDir Path folder;

    /** A device whose forces take as long as the test wants. */
    private static final class SlowDevice implements MemoryObserver {
        private final AtomicBoolean isSlow = new AtomicBoolean();
        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        public void forcing(long fileOffset, long bytes) {
            if (isSlow.get()) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private static SaveRequest empty(String name) {
        return new SaveRequest(
                name,
                NodeType.BYTE,
                false,
                SaveKey.NONE,
                0,
                Map.of(),
                -1,
                1,
                Optional.empty(),
                Saver.NOBODY,
                0,
                Optional.empty());
    }

    @Test
    void waitsForTheDeviceWhenTheBlockIsUsedUp() {
        SlowDevice device = new SlowDevice();
        try (StoreFixture fixture =
                StoreFixture.format(
                        folder.resolve("m"),
                        StoreFixture.SMALL_BYTES,
                        How.THREADED.observedBy(device))) {
            SaveStream early = fixture.streams().open(empty("early"));
            device.isSlow.set(true);
            long last = drawAll(fixture);
            CompletableFuture<Long> answer = early.finish(0);
            assertThat(fixture.store().failed()).isNotDone();
            device.isSlow.set(false);
            device.released.countDown();
            await(answer);
            assertThat(fixture.store().failed()).isNotDone();
            assertThat(fixture.streams().save("late", bytes(1, 10))).isGreaterThan(last);
            fixture.requireEveryFrameAccountedFor();
        }
    }

    /** Opens and discards saves until a sequence is refused. */
    private static long drawAll(StoreFixture fixture) {
        long last = 0;
        for (long i = 0; i <= Sequences.BLOCK; i++) {
            try {
                SaveStream stream = await(fixture.store().openSave(empty("draw"), () -> {}));
                last = stream.sequence();
                stream.discard();
            } catch (StoreException e) {
                assertThat(e.errno()).isEqualTo(Errno.EAGAIN);
                return last;
            }
        }
        throw new AssertionError("sequences were drawn beyond the reservation: last=" + last);
    }
}
