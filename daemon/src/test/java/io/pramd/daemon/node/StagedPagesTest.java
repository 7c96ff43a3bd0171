package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.get;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.FileSystem;
import io.pramd.daemon.memory.MemoryObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first pages of streams to a device stay in the heap until their commit. */
class StagedPagesTest {
    private static final int PAGE = 4096;
    private static final int STREAMS_STAGED_MAX = 128;

    @TempDir Path folder;

    /** Counts what is stored. */
    private static final class Stores implements MemoryObserver {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public FileSystem fileSystem(FileSystem found) {
            return new FileSystem("ext4", FileSystem.Kind.IN_PLACE);
        }

        @Override
        public void written(long fileOffset, long bytes) {
            count.incrementAndGet();
        }

        boolean grewBy(Runnable work) {
            int before = count.get();
            work.run();
            return count.get() > before;
        }
    }

    private final Stores stores = new Stores();

    private StoreFixture format() {
        return StoreFixture.format(
                folder.resolve("m"), 64 << 20, How.ON_CALLER_ALONE.observedBy(stores));
    }

    private boolean isStaged(StoreFixture fixture, String name) {
        SaveStream stream = fixture.streams().open(request(name, NodeType.BYTE));
        boolean isStaged = !stores.grewBy(() -> fixture.streams().append(stream, bytes(1, PAGE)));
        stream.discard();
        return isStaged;
    }

    @Test
    void areStoredByTheCommitAndReadBackWhole() {
        try (StoreFixture fixture = format()) {
            for (int pages : List.of(1, 15, 16, 17, 100)) {
                byte[] saved = bytes(pages, pages * PAGE - 7);
                fixture.streams().save("n" + pages, saved);
                assertThat(fixture.streams().peek("n" + pages)).isEqualTo(saved);
            }
            assertThat(isStaged(fixture, "staged")).isTrue();
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void takeANamedPartOfTheHeapAndGiveItBack() {
        try (StoreFixture fixture = format()) {
            long free = fixture.info("frames.free");
            List<SaveStream> open = new ArrayList<>();
            for (int i = 0; i < STREAMS_STAGED_MAX; i++) {
                SaveStream stream = fixture.streams().open(request("n" + i, NodeType.BYTE));
                assertThat(stores.grewBy(() -> fixture.streams().append(stream, bytes(1, PAGE))))
                        .isFalse();
                open.add(stream);
            }
            assertThat(isStaged(fixture, "one more")).isFalse();

            open.removeFirst().discard();
            assertThat(isStaged(fixture, "in its place")).isTrue();
            get(open.removeFirst().finish(PAGE));
            get(fixture.store().remove("n1", 0));
            assertThat(isStaged(fixture, "in its place")).isTrue();

            open.forEach(SaveStream::discard);
            get(fixture.store().force()); // what the forced root alone reaches is free behind it
            assertThat(fixture.info("frames.free")).isEqualTo(free);
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void leaveNoRoomTakenByAStreamThatIsRefusedAtItsEnd() {
        try (StoreFixture fixture = format()) {
            for (int i = 0; i < STREAMS_STAGED_MAX + 1; i++) {
                SaveStream stream = fixture.streams().open(request("n", NodeType.BYTE));
                fixture.streams().append(stream, bytes(1, PAGE));
                assertThat(stream.finish(PAGE + 1)).isCompletedExceptionally();
            }
            assertThat(isStaged(fixture, "n")).isTrue();
        }
    }
}
