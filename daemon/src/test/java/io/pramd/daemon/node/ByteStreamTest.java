package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.contents;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteStreamTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 255 * 4096, 255 * 4096 + 1})
    void roundTripsWithAnyChunkingOnEitherSide(int length) {
        byte[] data = bytes(length, length);
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (int chunk : new int[] {1, 7, 255}) {
                SaveStream stream = fixture.streams().open(request("a", NodeType.BYTE));
                appendInChunks(fixture.streams(), stream, data, chunk);
                await(stream.finish(length));
                assertThat(readInChunks(fixture, chunk)).isEqualTo(data);
                assertThat(readInChunks(fixture, 256 - chunk)).isEqualTo(data);
                assertThat(fixture.streams().consume("a")).isEqualTo(data);
            }
            fixture.requireEveryFrameAccountedFor();
        }
    }

    private static void appendInChunks(
            StreamDriver streams, SaveStream stream, byte[] data, int chunkPages) {
        byte[] padded = Arrays.copyOf(data, Math.ceilDiv(data.length, PAGE) * PAGE);
        for (int at = 0; at < padded.length; at += chunkPages * PAGE) {
            int end = Math.min(padded.length, at + chunkPages * PAGE);
            streams.appendPacket(stream, Arrays.copyOfRange(padded, at, end), 0);
        }
    }

    private static byte[] readInChunks(StoreFixture fixture, int chunkPages) {
        LoadStream stream = fixture.streams().openLoad("a", true);
        int length = Math.toIntExact(stream.info().length());
        byte[] read = new byte[Math.ceilDiv(length, PAGE) * PAGE];
        int at = 0;
        boolean end = false;
        while (!end) {
            PageBatch batch = await(stream.read(at / PAGE, chunkPages));
            byte[] pages = contents(batch);
            System.arraycopy(pages, 0, read, at, pages.length);
            at += pages.length;
            end = batch.end();
            batch.release();
        }
        stream.abort();
        assertThat(at).isEqualTo(read.length);
        return Arrays.copyOf(read, length);
    }

    @Test
    void takesBytesAsTheyComeWhateverTheCuts() {
        byte[] data = bytes(3, 40 * PAGE);
        Random cuts = new Random(5);
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            SaveStream stream = fixture.streams().open(request("a", NodeType.BYTE));
            fixture.streams().appendPacket(stream, Arrays.copyOf(data, PAGE), 0);
            stream.beginPages(StreamDriver.table(data, 1, 39), 39);
            int at = PAGE;
            while (at < data.length) {
                var room = stream.room(1 + cuts.nextInt(3 * PAGE));
                if (room == null) {
                    fixture.streams().awaitRoom(stream);
                    continue;
                }
                int bytes = (int) Math.min(room.byteSize(), data.length - at);
                java.lang.foreign.MemorySegment.copy(
                        data, at, room, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes);
                stream.filled(bytes);
                at += bytes;
            }
            await(stream.finish(data.length));
            assertThat(fixture.streams().peek("a")).isEqualTo(data);
        }
    }

    @Test
    void roundTrips64MebibytesOverAKill() {
        byte[] data = bytes(64, (64 << 20) + 13);
        try (StoreFixture fixture =
                StoreFixture.format(folder.resolve("m"), 80L << 20, StoreFixture.How.THREADED)) {
            fixture.streams().save("a", data);
            try (StoreFixture killed = fixture.killAndRestart()) {
                assertThat(Arrays.equals(killed.streams().peek("a"), data)).isTrue();
                killed.requireEveryFrameAccountedFor();
            }
        }
    }

    @Test
    void leavesZerosBehindTheLengthInTheFile() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            byte[] old = new byte[100 * PAGE];
            Arrays.fill(old, (byte) 0xEE);
            fixture.streams().save("old", old);
            fixture.streams().consume("old");
            fixture.streams().save("new", bytes(1, 10 * PAGE + 1));
            var census = fixture.census();
            int padded = 0;
            for (int pfn = census.dataFrames().nextSetBit(0);
                    pfn >= 0;
                    pfn = census.dataFrames().nextSetBit(pfn + 1)) {
                byte[] frame = Damage.frame(fixture.file(), pfn);
                byte[] tail = Arrays.copyOfRange(frame, 1, PAGE);
                padded += Arrays.equals(tail, new byte[PAGE - 1]) ? 1 : 0;
            }
            assertThat(padded).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 4096, 8193, Long.MAX_VALUE, Long.MIN_VALUE})
    void refusesALengthThatDoesNotFitThePages(long length) {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            SaveStream stream = fixture.streams().open(request("a", NodeType.BYTE));
            fixture.streams().append(stream, bytes(1, 2 * PAGE));
            refused(Errno.EINVAL, stream.finish(length));
            refused(Errno.ENOENT, () -> fixture.streams().peek("a"));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void refusesATailThatIsNotZero() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            SaveStream stream = fixture.streams().open(request("a", NodeType.BYTE));
            byte[] data = new byte[2 * PAGE];
            data[PAGE + 101] = 1;
            fixture.streams().append(stream, data);
            refused(Errno.EINVAL, stream.finish(PAGE + 100L));
            SaveStream right = fixture.streams().open(request("a", NodeType.BYTE));
            fixture.streams().append(right, data);
            await(right.finish(PAGE + 102L));
            assertThat(fixture.streams().peek("a")).isEqualTo(Arrays.copyOf(data, PAGE + 102));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void refusesToFinishInTheMiddleOfAPage() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            SaveStream stream = fixture.streams().open(request("a", NodeType.BYTE));
            fixture.streams().append(stream, bytes(1, PAGE));
            stream.beginPages(new long[] {0}, 1);
            stream.room(PAGE);
            stream.filled(100);
            refused(Errno.EINVAL, stream.finish(PAGE));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void givesAllBackThatADeclaredLengthHadReserved() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (long declared : new long[] {0, 1, 4 << 20, 6L << 20}) {
                SaveRequest request =
                        new SaveRequest(
                                "a",
                                NodeType.BYTE,
                                false,
                                SaveKey.NONE,
                                declared,
                                java.util.Map.of(),
                                -1,
                                1,
                                Optional.empty(),
                                Saver.NOBODY,
                                0,
                                Optional.empty());
                fixture.streams().save(request, bytes(declared, 50_000));
                assertThat(fixture.streams().consume("a")).isEqualTo(bytes(declared, 50_000));
            }
            fixture.requireEveryFrameAccountedFor();
        }
    }
}
