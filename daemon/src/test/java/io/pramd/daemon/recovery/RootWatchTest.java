package io.pramd.daemon.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.recovery.RootChoice.Circumstances;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootWatchTest {
    private static final BootId BOOT = StoreFixture.BOOT;

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void save() throws IOException {
        Path served = folder.resolve("served");
        file = folder.resolve("as a kill leaves it");
        try (StoreFixture store = StoreFixture.format(served)) {
            store.streams().save("a", new byte[10]);
            store.streams().save("b", new byte[10]);
            Files.copy(served, file); // a clean stop would force the newest root
        }
    }

    @Test
    void aSlotReadWhileItIsStoredIsReadAgain() throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            FrameReader whole = FileFrames.of(channel);
            long expected = newest(whole);
            assertThat(expected).isGreaterThan(newestForced(whole));
            // both copies of each current slot in turn are seen half stored, three times over
            for (long slot : FileLayout.CURRENT_SLOT_PFNS) {
                AtomicInteger torn = new AtomicInteger(6);
                FrameReader busy =
                        (pfn, page) -> {
                            whole.read(pfn, page);
                            boolean isSlot = pfn % FileLayout.SECOND_COPY_DISTANCE == slot;
                            if (isSlot && torn.getAndDecrement() > 0) {
                                page.putLong(100, ~page.getLong(100));
                            }
                        };
                assertThat(newest(busy)).isEqualTo(expected);
            }
        }
    }

    private static long newestForced(FrameReader frames) {
        return new FixedFrames(frames, Identity.read(frames).uuid())
                .slots(RootSlotLayout.KIND_FORCED)
                .getFirst()
                .slot()
                .sequence();
    }

    private static long newest(FrameReader frames) {
        Identity identity = Identity.read(frames);
        RootWatch watch =
                new RootWatch(
                        frames,
                        identity.uuid(),
                        identity.frameCount(),
                        new Circumstances(BOOT, false));
        return Root.of(watch.look().candidates().getFirst().slot()).sequence();
    }
}
