package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.node.PageBatch;
import io.pramd.daemon.node.SaveStream;
import io.pramd.protocol.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ResizedFileTest {
    private static final int NODES = 150;

    @TempDir Path folder;

    private Path killedFile(boolean forced) {
        Path file = folder.resolve("m");
        StoreFixture fixture = StoreFixture.format(file);
        for (int i = 0; i < NODES; i++) {
            fixture.streams().save("n" + i, bytes(i, 10 * PAGE));
        }
        if (forced) {
            await(fixture.store().force());
        }
        fixture.kill();
        return file;
    }

    /** Each node loads with its own bytes, or answers EIO or ENOENT; answers how many load. */
    private static int requireNoWrongPage(StoreFixture fixture) {
        int whole = 0;
        for (int i = 0; i < NODES; i++) {
            try {
                LoadStream stream = fixture.streams().openLoad("n" + i, true);
                try {
                    byte[] read = fixture.streams().readAll(stream);
                    assertThat(read).isEqualTo(bytes(i, 10 * PAGE));
                    whole++;
                } catch (AssertionError e) {
                    // the loader finds it by the checksum, and the daemon agrees
                    assertThat(e).hasMessageContaining("page does not match its checksum");
                } finally {
                    stream.abort();
                }
            } catch (StoreException e) {
                assertThat(e.errno()).isIn(Errno.EIO, Errno.ENOENT);
            }
        }
        return whole;
    }

    @ParameterizedTest
    @ValueSource(longs = {7 << 20, 6 << 20, (6 << 20) + 100, 4 << 20})
    void recoversFromAFileThatWasCutShort(long bytes) throws Exception {
        Path file = killedFile(true);
        Damage.resize(file, bytes);
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged()) {
            assertThat(Files.size(file)).isEqualTo(StoreFixture.SMALL_BYTES);
            assertThat(fixture.opened().report().lines())
                    .anySatisfy(line -> assertThat(line).contains("file was cut short"));
            int whole = requireNoWrongPage(fixture);
            assertThat(whole).isPositive();
            fixture.streams().save("new", bytes(1, 100));
            assertThat(fixture.streams().peek("new")).isEqualTo(bytes(1, 100));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4095, 4096, 70_000, 1 << 20, 3 << 20})
    void refusesAFileOfWhichTooLittleIsLeftAndLeavesItUntouched(long bytes) throws Exception {
        Path file = killedFile(true);
        Damage.resize(file, bytes);
        byte[] before = Files.readAllBytes(file);
        try {
            StoreFixture.open(file, How.THREADED).damaged().close();
        } catch (StoreException e) {
            assertThat(e.errno()).isIn(Errno.EIO, Errno.EINVAL);
            assertThat(Files.readAllBytes(file)).isEqualTo(before);
        }
    }

    @Test
    void leavesAloneWhatSomebodyAddedToTheFile() throws Exception {
        Path file = killedFile(false);
        Damage.resize(file, 10 << 20);
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED)) {
            assertThat(fixture.opened().report().lines())
                    .anySatisfy(line -> assertThat(line).contains("longer than its super block"));
            assertThat(requireNoWrongPage(fixture)).isEqualTo(NODES);
            fixture.requireEveryFrameAccountedFor();
            assertThat(fixture.memory().frameCount()).isEqualTo(2048);
        }
        assertThat(Files.size(file)).isEqualTo(10 << 20);
    }

    /** One with all its pages behind a place in the file. */
    private static String nodeBehind(StoreFixture fixture, long fileOffset) {
        long address = fixture.memory().frames(fileOffset / PAGE, 1).address();
        for (int i = 0; i < NODES; i++) {
            LoadStream stream = fixture.streams().openLoad("n" + i, true);
            PageBatch batch = await(stream.read(0, 10));
            boolean isBehind = batch.runs().stream().allMatch(run -> run.address() >= address);
            batch.release();
            stream.abort();
            if (isBehind) {
                return "n" + i;
            }
        }
        throw new AssertionError("no node lies there: fileOffset=" + fileOffset);
    }

    @Test
    void answersEioForPagesThatARunningStoreHasLost() {
        Path file = killedFile(false);
        StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged();
        String lost = nodeBehind(fixture, 4 << 20);
        LoadStream early = fixture.streams().openLoad(lost, true);
        Damage.resize(file, 4 << 20);
        refused(Errno.EIO, () -> fixture.streams().readAll(early));
        early.abort();
        refused(Errno.ENOENT, () -> fixture.streams().peek(lost));
        assertThat(fixture.info("nodes.quarantined")).isOne();
        assertThat(requireNoWrongPage(fixture)).isPositive();
        assertThat(fixture.streams().peek("n0")).isEqualTo(bytes(0, 10 * PAGE));
        fixture.kill();
    }

    @Test
    void failsSavesIntoFramesThatARunningStoreHasLost() {
        Path file = killedFile(false);
        StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged();
        SaveStream begun = fixture.streams().open(request("begun", NodeType.BYTE));
        fixture.streams().append(begun, bytes(1, PAGE));
        Damage.resize(file, 4 << 20);
        for (int i = 0; i < 20; i++) {
            String name = "x" + i;
            try {
                fixture.streams().save(name, bytes(i, 20 * PAGE));
            } catch (StoreException e) {
                assertThat(e.errno()).isIn(Errno.EIO, Errno.ENOMEM);
            }
        }
        try {
            await(begun.finish(PAGE));
        } catch (StoreException e) {
            assertThat(e.errno()).isEqualTo(Errno.EIO);
        }
        begun.discard();
        // what is still there is served
        assertThat(fixture.streams().peek("n0")).isEqualTo(bytes(0, 10 * PAGE));
        fixture.kill();
    }

    @Test
    void checksTheTailOfALastPageThatIsLost() {
        Path file = folder.resolve("m");
        StoreFixture fixture = StoreFixture.format(file).damaged();
        SaveStream begun = fixture.streams().open(request("begun", NodeType.BYTE));
        fixture.streams().append(begun, new byte[PAGE]);
        Damage.resize(file, 0);
        refused(Errno.EIO, begun.finish(100));
        begun.discard();
        fixture.kill();
    }

    @Test
    void showsNoForeignBytesInABatchWhoseFramesAreLost() {
        Path file = killedFile(false);
        StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged();
        LoadStream stream = fixture.streams().openLoad(nodeBehind(fixture, 4 << 20), true);
        PageBatch batch = await(stream.read(0, 10));
        Damage.resize(file, 4 << 20);
        boolean isRefused = false;
        try {
            batch.runs().forEach(run -> run.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
        } catch (InternalError e) {
            isRefused = true;
        }
        assertThat(isRefused).isTrue();
        batch.release();
        stream.abort();
        fixture.kill();
    }
}
