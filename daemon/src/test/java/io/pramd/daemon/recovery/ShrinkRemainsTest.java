package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.MemoryFile;
import io.pramd.daemon.node.CrashPoint;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links and node pages in free frames of a file that is nearly empty. */
class ShrinkRemainsTest {
    private static final long LARGE = 128 << 20;
    private static final long SMALL = 64 << 20;

    /** In three runs; those of the first lie side by side. */
    private static final List<Long> LINKS = List.of(5000L, 5001L, 5003L, 9000L, 16_000L);

    private static final long NODE_PAGE = 5002;
    private static final long DATA = 5004;

    @TempDir(factory = OnDevice.class)
    Path folder;

    private Path file;
    private byte[] data;

    @BeforeEach
    void makeFile() {
        file = folder.resolve("m");
        try (StoreFixture store = StoreFixture.format(file, LARGE, How.ON_CALLER)) {
            store.streams().save("first", bytes(1, 20 * PAGE));
            store.streams().save("second", bytes(2, 5));
        }
        LINKS.forEach(pfn -> Damage.write(file, pfn, page(Magic.LINK)));
        Damage.write(file, NODE_PAGE, page(Magic.NODE));
        data = bytes(3, PAGE);
        Damage.write(file, DATA, data);
        try (FileLock lock = FileLock.acquire(file)) {
            MemoryFile.dropCached(lock);
        }
    }

    private static byte[] page(Magic magic) {
        ByteBuffer page = MetadataPage.allocate();
        MetadataPage.magic(page, magic);
        return page.array();
    }

    private void shrink(UnaryOperator<RestingFile> how) {
        OfflineShrinking.shrink(file, SMALL, BOOT, CrashPoint.Listener.NONE, how);
    }

    private void requireClear(List<Long> pfns) {
        for (long pfn : pfns) {
            assertThat(Damage.frame(file, pfn)).as("pfn=%d", pfn).containsOnly(0);
        }
    }

    private void requireAll() {
        assertThat(Damage.frame(file, DATA)).as("no metadata").isEqualTo(data);
        assertThat(Fsck.check(file, BOOT).isClean()).isTrue();
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER)) {
            assertThat(store.streams().peek("first")).isEqualTo(bytes(1, 20 * PAGE));
            assertThat(store.streams().peek("second")).isEqualTo(bytes(2, 5));
            store.requireEveryFrameAccountedFor();
        }
    }

    /** A simulated file says that all of it may have been stored. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void areCleared(boolean isSimulated) {
        shrink(real -> isSimulated ? new InterruptedFile(real, 0, false, 0) : real);
        requireClear(LINKS);
        requireClear(List.of(NODE_PAGE));
        requireAll();
    }

    /** What is read ahead must not lead it from one frame to the next, through all that is free. */
    @Test
    void areFoundWithoutReadingWhatWasNeverStored() {
        WatchedFile[] watched = new WatchedFile[1];
        shrink(real -> watched[0] = new WatchedFile(real));
        assertThat(watched[0].framesReadSinceItWasAsked())
                .isBetween(LINKS.size() + 2L, SMALL / FileLayout.FRAME_BYTES / 2);
        assertThat(watched[0].framesRead()).isLessThan(SMALL / FileLayout.FRAME_BYTES / 2);
        requireClear(LINKS);
        requireAll();
    }

    @Test
    void areClearedBesideAFrameThatCannotBeRead() {
        shrink(
                real -> {
                    WatchedFile watched = new WatchedFile(real);
                    watched.unreadable(LINKS.getFirst());
                    return watched;
                });
        assertThat(Damage.frame(file, LINKS.getFirst())).isEqualTo(page(Magic.LINK));
        requireClear(LINKS.subList(1, LINKS.size()));
        requireClear(List.of(NODE_PAGE));
        requireAll();
    }
}
