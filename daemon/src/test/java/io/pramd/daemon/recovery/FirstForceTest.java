package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.withKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.HeldDevice;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.Outcome;
import io.pramd.daemon.node.SaveKey;
import io.pramd.daemon.node.SaveRequest;
import io.pramd.daemon.node.Saver;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Step 3 of an opening: a forced root before what was promised is said again. */
@Timeout(60)
class FirstForceTest {
    private static final SaveKey KEY = new SaveKey(1, 2);
    private static final int LENGTH = 100_000;

    @TempDir(factory = OnDevice.class)
    Path folder;

    private Path file;

    /** A store with a forced root, and a node beyond it; killed. */
    private void killWithUnforcedNode() {
        file = folder.resolve("m");
        StoreFixture fixture = StoreFixture.format(file);
        fixture.streams().save("forced", bytes(1, LENGTH));
        await(fixture.store().force());
        fixture.streams().save(withKey("a", KEY), bytes(2, LENGTH));
        fixture.kill();
    }

    private boolean isNewestRootForced() {
        try (FileChannel channel = FileChannel.open(file)) {
            Identity identity = Identity.read(FileFrames.of(channel));
            FixedFrames fixed = new FixedFrames(FileFrames.of(channel), identity.uuid());
            return fixed.slots(RootSlotLayout.KIND_CURRENT).getFirst().slot().sequence()
                    == fixed.slots(RootSlotLayout.KIND_FORCED).getFirst().slot().sequence();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void requireNodeAfterCut(StoreFixture fixture) {
        fixture.kill();
        try (StoreFixture next =
                StoreFixture.open(file, How.THREADED.underBoot(new BootId(77, 1)))) {
            assertThat(next.streams().peek("a")).isEqualTo(bytes(2, LENGTH));
            next.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void forcesTheRootBeforeAnythingIsServedInPower() {
        killWithUnforcedNode();
        StoreFixture fixture =
                StoreFixture.openWithoutWalk(file, How.THREADED.at(Durability.POWER));
        assertThat(isNewestRootForced()).isTrue();
        requireNodeAfterCut(fixture);
    }

    @Test
    void forcesTheRootBeforeOutcomesAreAnsweredInInterval() {
        killWithUnforcedNode();
        StoreFixture fixture =
                StoreFixture.openWithoutWalk(file, How.THREADED.at(Durability.INTERVAL));
        assertThat(isNewestRootForced()).isFalse();
        assertThat(fixture.streams().peek("a")).isEqualTo(bytes(2, LENGTH));
        refused(Errno.EAGAIN, fixture.store().outcome(KEY, 1));
        fixture.opened().recover();
        assertThat(isNewestRootForced()).isTrue();
        assertThat(await(fixture.store().outcome(KEY, 1)).outcome()).isEqualTo(Outcome.DONE);
        fixture.requireEveryFrameAccountedFor();
        fixture.requireHeldAtMost(0);
        requireNodeAfterCut(fixture);
    }

    @Test
    void forcesNothingInProcessNorBehindACleanStop() {
        killWithUnforcedNode();
        StoreFixture.open(file, How.THREADED).kill();
        assertThat(isNewestRootForced()).isFalse();
        StoreFixture.open(file, How.THREADED).close();
        for (Durability level : Durability.values()) {
            StoreFixture fixture = StoreFixture.open(file, How.THREADED.at(level));
            assertThat(isNewestRootForced()).isFalse(); // another sequence, but the same tree
            assertThat(fixture.opened().report().lines())
                    .noneMatch(line -> line.contains("the root is forced"));
            fixture.kill();
        }
    }

    @Test
    void keepsWhatASaveWasPromisedWhenTheNextDaemonPromisesLess() {
        file = folder.resolve("m");
        CrashPoint.Listener killed =
                point -> {
                    if (point == CrashPoint.CURRENT_SLOT_STORED) {
                        throw StoreException.of(Errno.EIO, "killed");
                    }
                };
        StoreFixture fixture =
                StoreFixture.format(file, StoreFixture.SMALL_BYTES, How.THREADED.stoppedBy(killed));
        SaveRequest request =
                new SaveRequest(
                        "a",
                        NodeType.BYTE,
                        false,
                        KEY,
                        SaveRequest.UNDECLARED,
                        Map.of(),
                        -1,
                        1,
                        Optional.of(Durability.POWER),
                        Saver.NOBODY,
                        0,
                        Optional.empty());
        refused(Errno.EIO, () -> fixture.streams().save(request, bytes(2, LENGTH)));
        fixture.kill();
        StoreFixture next = StoreFixture.openWithoutWalk(file, How.THREADED);
        assertThat(isNewestRootForced()).isTrue();
        next.opened().recover();
        assertThat(await(next.store().outcome(KEY, 1)).outcome()).isEqualTo(Outcome.DONE);
        requireNodeAfterCut(next);
    }

    /** Hears which frames are stored. */
    private static final class StoredFrames implements MemoryObserver {
        private final BitSet frames = new BitSet();

        @Override
        public synchronized void written(long fileOffset, long bytes) {
            frames.set(
                    (int) (fileOffset / FileLayout.FRAME_BYTES),
                    (int) Math.ceilDiv(fileOffset + bytes, FileLayout.FRAME_BYTES));
        }
    }

    @Test
    void storesAgainWhatAnInterruptedForceMayHaveLost() {
        file = folder.resolve("m");
        HeldDevice device = new HeldDevice();
        StoreFixture fixture =
                StoreFixture.format(
                        file, StoreFixture.SMALL_BYTES, How.THREADED.observedBy(device));
        fixture.streams().save("forced", bytes(1, LENGTH));
        await(fixture.store().force());
        BitSet onDevice = fixture.census().dataFrames();
        fixture.streams().save("a", bytes(2, LENGTH));
        BitSet beyond = fixture.census().dataFrames();
        beyond.andNot(onDevice);
        beyond.or(fixture.census().directoryFrames());
        device.fail();
        refused(Errno.EIO, fixture.store().force());
        fixture.kill();
        new ForceMarker(file).remove(); // killed between the force that failed and the marker

        for (int start = 0; start < 2; start++) {
            // killed before the root is forced, the note is there for the next start
            StoreFixture.openWithoutWalk(file, How.THREADED).kill();
        }
        StoredFrames stored = new StoredFrames();
        StoreFixture next = StoreFixture.open(file, How.THREADED.observedBy(stored));
        assertThat(beyond.cardinality()).isGreaterThan(24);
        BitSet missed = (BitSet) beyond.clone();
        missed.andNot(stored.frames);
        assertThat(missed.isEmpty()).as("not stored again: %s", missed).isTrue();
        assertThat(stored.frames.intersects(onDevice)).isFalse();
        assertThat(isNewestRootForced()).isTrue();
        requireNodeAfterCut(next);
        assertThat(isStoredAgain()).isFalse();
    }

    private boolean isStoredAgain() {
        StoreFixture fixture = StoreFixture.open(file, How.THREADED);
        List<String> lines = fixture.opened().report().lines();
        fixture.close();
        return lines.stream().anyMatch(line -> line.contains("is stored again"));
    }

    @Test
    void forcesTheRootWhenAForcedSlotWasLost() throws IOException {
        for (int slot = 0; slot < 2; slot++) {
            killWithUnforcedNode();
            try (CraftedFile crafted = new CraftedFile(file)) {
                long pfn = FileLayout.FORCED_SLOT_PFNS.get(slot);
                for (long copy : List.of(pfn, pfn + FileLayout.SECOND_COPY_DISTANCE)) {
                    crafted.write(copy, MetadataPage.allocate().putInt(0, 4711));
                }
            }
            StoreFixture fixture = StoreFixture.open(file, How.THREADED);
            assertThat(isNewestRootForced()).isTrue();
            requireNodeAfterCut(fixture);
            Files.delete(file);
        }
    }
}
