package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static io.pramd.daemon.fixture.StreamDriver.withKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A commit that ends in the middle of its steps. */
@Timeout(120)
class CommitFailureTest {
    private static final SaveKey KEY = new SaveKey(1, 2);

    @TempDir Path folder;

    /** Fails behind the first copy of a current slot, when told to. */
    private static final class FailingSlot implements MemoryObserver {
        private final AtomicBoolean armed = new AtomicBoolean();
        private final RuntimeException failure;

        FailingSlot(RuntimeException failure) {
            this.failure = failure;
        }

        @Override
        public void written(long fileOffset, long bytes) {
            long pfn = fileOffset / FileLayout.FRAME_BYTES;
            if (FileLayout.CURRENT_SLOT_PFNS.contains(pfn) && armed.getAndSet(false)) {
                throw failure;
            }
        }
    }

    private StoreFixture format(MemoryObserver observer) {
        return StoreFixture.format(
                folder.resolve("m"), StoreFixture.SMALL_BYTES, How.THREADED.observedBy(observer));
    }

    private void requireUnknownAndWhole(RuntimeException failure) {
        FailingSlot device = new FailingSlot(failure);
        StoreFixture fixture = format(device);
        fixture.streams().save("a", bytes(1, 10 * PAGE));
        SaveStream stream = fixture.streams().open(withKey("b", KEY));
        fixture.streams().append(stream, bytes(2, 20 * PAGE));
        SaveStream filling = fixture.streams().open(request("c", NodeType.BYTE));
        fixture.streams().append(filling, bytes(3, PAGE));
        device.armed.set(true);
        assertThat(refused(Errno.EIO, stream.finish(20L * PAGE)).isOutcomeUnknown()).isTrue();
        assertThat(await(fixture.store().failed()).isOutcomeUnknown()).isTrue();
        // the root that reaches it is in its slot: nobody may be told that it is not, ...
        refused(Errno.EIO, fixture.store().outcome(KEY, 1));
        // ... and no frame of it be given to the savers that have not noticed yet
        refused(Errno.EROFS, () -> fixture.streams().append(filling, bytes(4, 2000 * PAGE)));
        refused(Errno.EROFS, fixture.store().remove("a", 0));
        try (StoreFixture next = fixture.killAndRestart()) {
            assertThat(next.streams().peek("a")).isEqualTo(bytes(1, 10 * PAGE));
            assertThat(next.streams().peek("b")).isEqualTo(bytes(2, 20 * PAGE));
            next.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void keepsWhatARootMayReachWhenTheDeviceFailsBehindIt() {
        requireUnknownAndWhole(StoreException.of(Errno.EIO, "a device that fails"));
    }

    @Test
    void answersAllWhenItEndsInAnExceptionOfTheProgram() {
        requireUnknownAndWhole(new IllegalStateException("a mistake of ours"));
    }
}
