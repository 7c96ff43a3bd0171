package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BothCopiesTest {
    private static final int NODES = 300;
    private static final ListRequest ALL = new ListRequest("", 0, 0, 1000);

    @TempDir Path folder;
    private Path whole;
    private BitSet directory;

    /** A killed file: a forced root with 20 nodes, and a newer current one with 300. */
    @BeforeEach
    void makeAKilledFile() {
        whole = folder.resolve("whole");
        StoreFixture fixture = StoreFixture.format(whole);
        for (int i = 0; i < NODES; i++) {
            fixture.streams().save("n" + i, bytes(i, 200));
            if (i == 20) {
                await(fixture.store().force());
            }
        }
        directory = fixture.census().directoryFrames();
        fixture.kill();
    }

    private Path copy() {
        try {
            return Files.copy(
                    whole, folder.resolve("damaged"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireAllNodes(Path file) {
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged()) {
            List<NodeInfo> nodes = await(fixture.store().list(ALL)).nodes();
            assertThat(nodes).hasSize(NODES);
            for (int i = 0; i < NODES; i += 37) {
                assertThat(fixture.streams().peek("n" + i)).isEqualTo(bytes(i, 200));
            }
            fixture.streams().save("new", bytes(7, 5000));
        }
        // whatever was damaged, nothing is lost at the start after it either
        try (StoreFixture again = StoreFixture.open(file, How.THREADED).damaged()) {
            assertThat(await(again.store().list(ALL)).nodes()).hasSize(NODES + 1);
            assertThat(again.streams().peek("new")).isEqualTo(bytes(7, 5000));
            again.requireEveryFrameAccountedFor();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
    void losesNothingToOneDamagedCopyOfAFixedFrame(long pfn) {
        for (long copy : new long[] {pfn, pfn + FileLayout.SECOND_COPY_DISTANCE}) {
            for (int offset : new int[] {0, 5, 40}) {
                Path file = copy();
                Damage.flip(file, copy, offset);
                requireAllNodes(file);
            }
            Path file = copy();
            Damage.zero(file, copy);
            requireAllNodes(file);
        }
    }

    @Test
    void losesNothingToOneDamagedCopyOfAnyDirectoryPage() {
        assertThat(directory.cardinality()).isEqualTo(6);
        for (int pfn = directory.nextSetBit(0); pfn >= 0; pfn = directory.nextSetBit(pfn + 1)) {
            Path file = copy();
            Damage.flip(file, pfn, 16 + pfn % 100);
            requireAllNodes(file);
        }
    }

    @Test
    void saysInTheReportWhichCopyIsDamaged() {
        Path file = copy();
        Damage.flip(file, directory.nextSetBit(0), 100);
        Damage.flip(file, FileLayout.SECOND_COPY_DISTANCE, 100);
        Damage.flip(file, newestCurrentPfn(file), 20);
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged()) {
            assertThat(fixture.opened().report().lines())
                    .anySatisfy(line -> assertThat(line).contains("super block copy at frame 512"))
                    .anySatisfy(line -> assertThat(line).contains("directory page level="))
                    .anySatisfy(line -> assertThat(line).contains("ROOT_SLOT does not verify"));
        }
    }

    private static long newestCurrentPfn(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            Identity identity = Identity.read(FileFrames.of(channel));
            FixedFrames fixed = new FixedFrames(FileFrames.of(channel), identity.uuid());
            int newest = fixed.slots(RootSlotLayout.KIND_CURRENT).getFirst().index();
            return FileLayout.CURRENT_SLOT_PFNS.get(newest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void takesTheForcedRootWhenBothCopiesOfTheNewestCurrentSlotAreDamaged() {
        Path file = copy();
        long slot = newestCurrentPfn(file);
        Damage.flip(file, slot, 20);
        Damage.flip(file, slot + FileLayout.SECOND_COPY_DISTANCE, 30);
        requireForcedRoot(file);
    }

    @Test
    void takesTheForcedRootWhenBothCopiesOfTheNewestCurrentSlotAreZero() {
        Path file = copy();
        long slot = newestCurrentPfn(file);
        Damage.zero(file, slot);
        Damage.zero(file, slot + FileLayout.SECOND_COPY_DISTANCE);
        requireForcedRoot(file);
    }

    @Test
    void takesTheForcedRootWhenBothCopiesOfADirectoryPageAreDamaged() {
        Path file = copy();
        List<Integer> pages = new ArrayList<>();
        for (int pfn = directory.nextSetBit(0); pfn >= 0; pfn = directory.nextSetBit(pfn + 1)) {
            pages.add(pfn);
        }
        for (int pfn : pages) {
            Damage.flip(file, pfn, 50);
        }
        requireForcedRoot(file);
    }

    private static void requireForcedRoot(Path file) {
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged()) {
            assertThat(await(fixture.store().list(ALL)).nodes()).hasSize(21);
            assertThat(fixture.opened().report().lines())
                    .anySatisfy(line -> assertThat(line).contains("last forced root"));
            for (int i = 0; i <= 20; i++) {
                assertThat(fixture.streams().peek("n" + i)).isEqualTo(bytes(i, 200));
            }
            fixture.streams().save("new", bytes(1, 10));
            fixture.requireEveryFrameAccountedFor();
            try (StoreFixture killed = fixture.killAndRestart().damaged()) {
                assertThat(await(killed.store().list(ALL)).nodes()).hasSize(22);
            }
        }
    }

    @Test
    void neverBelievesTheCurrentRootBeforeALostOne() {
        Path file = folder.resolve("m");
        StoreFixture fixture = StoreFixture.format(file);
        fixture.streams().save("kept", bytes(1, 200));
        await(fixture.store().force());
        fixture.streams().save("removed", bytes(2, 200_000));
        await(fixture.store().remove("removed", 0));
        fixture.kill();
        long slot = newestCurrentPfn(file);
        Damage.flip(file, slot, 20);
        Damage.flip(file, slot + FileLayout.SECOND_COPY_DISTANCE, 20);
        try (StoreFixture opened = StoreFixture.open(file, How.THREADED).damaged()) {
            // its frames were free: anything may be in them
            refused(Errno.ENOENT, opened.store().stat("removed"));
            assertThat(opened.streams().peek("kept")).isEqualTo(bytes(1, 200));
        }
    }

    @Test
    void refusesTheFileUntouchedWhenNoRootHasAReadableTree() throws IOException {
        Path file = copy();
        for (long pfn : new long[] {1, 2, 3, 4}) {
            Damage.flip(file, pfn, 20);
            Damage.flip(file, pfn + FileLayout.SECOND_COPY_DISTANCE, 20);
        }
        byte[] before = Files.readAllBytes(file);
        refused(Errno.EIO, () -> StoreFixture.open(file, How.THREADED));
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        // the lock is given back
        refused(Errno.EIO, () -> StoreFixture.open(file, How.THREADED));
    }

    @Test
    void goesOnFarBeyondAllSequencesWhenBothRecordsAreLost() {
        Path file = copy();
        for (long pfn : FileLayout.SEQUENCE_RECORD_PFNS) {
            Damage.flip(file, pfn, 9);
            Damage.flip(file, pfn + FileLayout.SECOND_COPY_DISTANCE, 9);
        }
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged()) {
            List<NodeInfo> nodes = await(fixture.store().list(ALL)).nodes();
            assertThat(nodes).hasSize(NODES);
            long sequence = fixture.streams().save("new", bytes(1, 10));
            assertThat(sequence).isGreaterThan(nodes.getLast().sequence() + (1L << 39));
            assertThat(fixture.opened().report().lines())
                    .anySatisfy(
                            line -> assertThat(line).contains("sequence record is not readable"));
            try (StoreFixture killed = fixture.killAndRestart()) {
                assertThat(killed.streams().save("newer", bytes(1, 10))).isGreaterThan(sequence);
                assertThat(await(killed.store().list(ALL)).nodes().getLast().name())
                        .isEqualTo("newer");
            }
        }
    }

    @Test
    void drawsNoSequenceTwiceWhenTheNewerRecordIsLost() {
        Path file = copy();
        long newest = 0;
        for (long pfn : new long[] {5, 6}) {
            Path one = copy();
            Damage.zero(one, pfn);
            Damage.zero(one, pfn + FileLayout.SECOND_COPY_DISTANCE);
            try (StoreFixture fixture = StoreFixture.open(one, How.THREADED).damaged()) {
                List<NodeInfo> nodes = await(fixture.store().list(ALL)).nodes();
                newest = fixture.streams().save("new", bytes(1, 10));
                assertThat(newest).isGreaterThan(nodes.getLast().sequence());
            }
        }
        assertThat(newest).isPositive();
        assertThat(file).exists();
    }
}
