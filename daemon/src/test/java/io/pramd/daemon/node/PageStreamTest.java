package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.contents;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.FrameCensus;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageStreamTest {
    private static final long LARGE_BYTES = 512L << 20;

    @TempDir Path folder;

    @Test
    void keepsOrderContentsAndFlagsOfPagesOverAKillAndARestart() {
        int pages = 600;
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            SaveStream stream = fixture.streams().open(request("a", NodeType.PAGE));
            for (int page = 0; page < pages; page++) {
                fixture.streams().appendPacket(stream, bytes(page, PAGE), flags(page));
            }
            await(stream.finish((long) pages * PAGE));
            requirePages(fixture, pages);
            try (StoreFixture killed = fixture.killAndRestart()) {
                requirePages(killed, pages);
                try (StoreFixture restarted = killed.restart()) {
                    requirePages(restarted, pages);
                    restarted.requireEveryFrameAccountedFor();
                }
            }
        }
    }

    private static int flags(int page) {
        return page * 0x9E3779B9;
    }

    private static void requirePages(StoreFixture fixture, int pages) {
        LoadStream stream = fixture.streams().openLoad("a", true);
        for (int at = 0; at < pages; at += 100) {
            PageBatch batch = await(stream.read(at, 100));
            byte[] read = contents(batch);
            for (int i = 0; i < 100; i++) {
                assertThat((int) batch.table()[i]).isEqualTo(flags(at + i));
                assertThat(Arrays.copyOfRange(read, i * PAGE, (i + 1) * PAGE))
                        .isEqualTo(bytes(at + i, PAGE));
            }
            batch.release();
        }
        stream.abort();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 38, 39, 254, 255, 256, 510, 511, 100_000})
    void usesAsManyLinksAsThePagesNeedAndGivesAllBack(int pages) {
        long fileBytes = pages > 1000 ? LARGE_BYTES : StoreFixture.SMALL_BYTES;
        byte[] data = bytes(pages, pages * PAGE);
        try (StoreFixture fixture =
                StoreFixture.format(folder.resolve("m"), fileBytes, StoreFixture.How.THREADED)) {
            long before = fixture.freeAndHeld();
            fixture.streams().save(request("a", NodeType.PAGE), data);
            FrameCensus census = fixture.census();
            assertThat(census.dataFrames().cardinality()).isEqualTo(pages);
            int links = pages <= 38 ? 0 : Math.ceilDiv(pages, 255);
            assertThat(census.linkFrames().cardinality()).isEqualTo(links);
            assertThat(census.nodeFrames().cardinality()).isEqualTo(1);
            try (StoreFixture killed = fixture.killAndRestart()) {
                killed.requireEveryFrameAccountedFor();
                assertThat(killed.streams().consume("a")).isEqualTo(data);
                killed.requireEveryFrameAccountedFor();
                assertThat(killed.freeAndHeld()).isEqualTo(before);
            }
        }
    }

    @Test
    void saysEndAgainAndAgainBehindTheLastPage() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save(request("a", NodeType.PAGE), bytes(1, 3 * PAGE));
            fixture.streams().save(request("empty", NodeType.PAGE), new byte[0]);
            LoadStream stream = fixture.streams().openLoad("a", false);
            for (long page : new long[] {3, 3, 4, 1000, Long.MAX_VALUE, 3}) {
                requireEnd(stream, page, 0);
            }
            requireEnd(stream, 1, 2);
            requireEnd(stream, 0, 3);
            stream.abort();
            LoadStream empty = fixture.streams().openLoad("empty", true);
            requireEnd(empty, 0, 0);
            requireEnd(empty, 0, 0);
            empty.abort();
        }
    }

    private static void requireEnd(LoadStream stream, long firstPage, int count) {
        PageBatch batch = await(stream.read(firstPage, 512));
        assertThat(batch.end()).isTrue();
        assertThat(batch.count()).isEqualTo(count);
        assertThat(contents(batch)).hasSize(count * PAGE);
        batch.release();
    }

    @Test
    void readsRangesInAnyOrder() {
        byte[] data = bytes(9, 1500 * PAGE);
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save(request("a", NodeType.PAGE), data);
            LoadStream stream = fixture.streams().openLoad("a", true);
            for (int first : new int[] {1400, 0, 254, 255, 256, 509, 510, 1275, 3, 1499, 765}) {
                PageBatch batch = await(stream.read(first, 300));
                int count = Math.min(300, 1500 - first);
                assertThat(batch.count()).isEqualTo(count);
                assertThat(contents(batch))
                        .isEqualTo(Arrays.copyOfRange(data, first * PAGE, (first + count) * PAGE));
                batch.release();
            }
            stream.abort();
        }
    }

    @Test
    void freesNothingOnAbortAndAllOnFinishAfterSomePages() {
        byte[] data = bytes(1, 700 * PAGE);
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long before = fixture.freeAndHeld();
            fixture.streams().save(request("a", NodeType.PAGE), data);
            fixture.requireEveryFrameAccountedFor();
            long saved = fixture.freeAndHeld();
            LoadStream aborted = fixture.streams().openLoad("a", false);
            await(aborted.read(0, 300)).release();
            aborted.abort();
            assertThat(fixture.freeAndHeld()).isEqualTo(saved);
            LoadStream finished = fixture.streams().openLoad("a", false);
            await(finished.read(0, 300)).release();
            await(finished.finish(finished.info().sequence()));
            fixture.requireEveryFrameAccountedFor();
            assertThat(fixture.freeAndHeld()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 256, 1000})
    void givesEveryFrameBackOnDiscard(int pages) {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (int round = 0; round < 5; round++) {
                SaveStream stream = fixture.streams().open(request("a", NodeType.PAGE));
                fixture.streams().append(stream, bytes(pages, pages * PAGE));
                stream.discard();
                stream.discard();
            }
            fixture.requireEveryFrameAccountedFor();
            assertThat(fixture.info("frames.held")).isZero();
            refused(Errno.ENOENT, () -> fixture.streams().openLoad("a", true));
        }
    }

    @Test
    void neverHandsOutAFixedFrame() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long frames = fixture.info("frames.free") - 64;
            SaveStream stream = fixture.streams().open(request("a", NodeType.PAGE));
            int pages = (int) (frames - 100);
            fixture.streams().append(stream, new byte[pages * PAGE]);
            await(stream.finish((long) pages * PAGE));
            FrameCensus census = fixture.census();
            for (long pfn = 0; pfn < fixture.memory().frameCount(); pfn++) {
                if (FileLayout.isFixed(pfn)) {
                    assertThat(census.hasRole(pfn)).isFalse();
                }
            }
            assertThat(census.dataFrames().cardinality()).isEqualTo(pages);
        }
    }

    @Test
    void keepsPagesOfZerosAndOfOnesAndChecksThemLikeAnyOther() {
        byte[] ones = new byte[PAGE];
        Arrays.fill(ones, (byte) 0xFF);
        byte[] both = new byte[3 * PAGE];
        System.arraycopy(ones, 0, both, PAGE, PAGE);
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save(request("a", NodeType.PAGE), both);
            try (StoreFixture restarted = fixture.restart()) {
                assertThat(restarted.streams().peek("a")).isEqualTo(both);
            }
        }
    }

    @Test
    void refusesAPageThatCameDamagedAndNamesIt() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            SaveStream stream = streams.open(request("a", NodeType.PAGE));
            streams.append(stream, bytes(1, 5 * PAGE));
            stream.beginPages(new long[] {0x1234L << 32}, 1);
            var room = stream.room(PAGE);
            room.fill((byte) 0);
            stream.filled(PAGE);
            assertThat(stream.failure().orElseThrow().pageIndex()).isEqualTo(5);
            assertThat(refused(Errno.EIO, stream.finish(6L * PAGE)).pageIndex()).isEqualTo(5);
            refused(Errno.ENOENT, () -> streams.peek("a"));
            fixture.requireEveryFrameAccountedFor();
        }
    }
}
