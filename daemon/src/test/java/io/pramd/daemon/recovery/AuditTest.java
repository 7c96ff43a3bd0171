package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.InMemory;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.FrameAllocator.Purpose;
import io.pramd.daemon.node.WatchedRoot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditTest {
    @TempDir Path folder;

    @TempDir(factory = OnDevice.class)
    Path device;

    @TempDir(factory = InMemory.class)
    Path memory;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void findsNothingWhileSaversReplaceAndRemove(boolean isOnDevice) {
        Path file = (isOnDevice ? device : folder).resolve("m");
        try (StoreFixture store = StoreFixture.format(file)) {
            AtomicBoolean isOver = new AtomicBoolean();
            List<CompletableFuture<Void>> savers = new ArrayList<>();
            for (int saver = 0; saver < 3; saver++) {
                String name = "n" + saver;
                savers.add(CompletableFuture.runAsync(() -> replaceUntil(isOver, store, name)));
            }
            for (int round = 0; round < 40; round++) {
                assertThat(store.opened().audit()).isEmpty();
            }
            isOver.set(true);
            savers.forEach(CompletableFuture::join);
            store.store().force().join();

            assertThat(store.opened().audit()).isEmpty();
        }
    }

    private static void replaceUntil(AtomicBoolean isOver, StoreFixture store, String name) {
        for (int i = 0; !isOver.get(); i++) {
            store.streams().save(replacing(name, NodeType.BYTE), bytes(i, 300_000 + i));
            if (i % 3 == 0) {
                store.store().remove(name, 0).join();
            }
        }
    }

    @Test
    void frameInUseThatNothingReachesIsFoundWhenAllIsQuiet() {
        try (StoreFixture store = StoreFixture.format(folder.resolve("m")).damaged()) {
            store.streams().save("a", bytes(1, 5000));
            try (WatchedRoot watched = store.store().view().watchRoot().orElseThrow()) {
                watched.allocator().allocate(3, Purpose.SAVE);
            }
            store.store().force().join(); // nothing is held any more

            assertThat(store.opened().audit())
                    .singleElement()
                    .asString()
                    .startsWith("COUNT frames in use: expected ");
        }
    }

    @Test
    void reachedFrameThatIsFreeIsFound() {
        try (StoreFixture store = StoreFixture.format(folder.resolve("m")).damaged()) {
            store.streams().save("a", bytes(1, 5000));
            try (WatchedRoot watched = store.store().view().watchRoot().orElseThrow()) {
                watched.allocator().release(watched.root().top().pfn2());
            }

            assertThat(store.opened().audit())
                    .first()
                    .asString()
                    .startsWith("COUNT frame ")
                    .endsWith("found free");
        }
    }

    @Test
    void whatWasDroppedWhileARootIsReadIsFreeBehindIt() {
        try (StoreFixture store = StoreFixture.format(memory.resolve("m"))) {
            for (int node = 0; node < 600; node++) {
                store.streams().save("n" + node, bytes(node, 100));
            }
            long free = store.info("frames.free");
            try (WatchedRoot watched = store.store().view().watchRoot().orElseThrow()) {
                assertThat(store.store().removeAll("").join()).isEqualTo(600);
                assertThat(watched.heldFrames()).isZero();
                assertThat(store.info("frames.held")).isGreaterThanOrEqualTo(1200);
            }
            store.requireHeldAtMost(0);

            assertThat(store.info("frames.free")).isGreaterThanOrEqualTo(free + 1200);
            store.requireEveryFrameAccountedFor();
        }
    }
}
