package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.FrameAllocator;
import io.pramd.daemon.memory.FrameAllocator.Purpose;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.Root.PageRef;
import io.pramd.daemon.node.WatchedRoot;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupTest {
    private static final byte[] LARGE = bytes(1, 600 * PAGE + 5);
    private static final byte[] SMALL = bytes(2, 3 * PAGE);

    @TempDir Path folder;

    @TempDir(factory = OnDevice.class)
    Path device;

    private static void fill(StoreFixture store) {
        store.streams().save("large", LARGE);
        store.streams().save("small", SMALL);
        store.streams().save("empty", new byte[0]);
        store.streams().save("gone", bytes(3, 40 * PAGE));
        await(store.store().remove("gone", 0));
    }

    private static void requireFilled(StoreFixture store) {
        assertThat(store.streams().peek("large")).isEqualTo(LARGE);
        assertThat(store.streams().peek("small")).isEqualTo(SMALL);
        assertThat(store.streams().peek("empty")).isEmpty();
        refused(Errno.ENOENT, store.store().stat("gone"));
        store.requireEveryFrameAccountedFor();
    }

    private static void requireClean(Path copy, BootId boot) {
        FsckReport report = Fsck.check(copy, boot);
        assertThat(report.isClean()).as(report.toString()).isTrue();
        assertThat(report.notes()).as("nothing that a start would have to mend").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isAMemoryFileThatHoldsWhatTheStoreHeld(boolean isOnDevice) {
        Path copy = folder.resolve("copy");
        Path file = (isOnDevice ? device : folder).resolve("m");
        try (StoreFixture store = StoreFixture.format(file, 16 << 20, How.ON_CALLER)) {
            fill(store);
            BackupCopy made = BackupCopy.whole(store.opened(), copy);
            assertThat(made.damage()).isEmpty();
            assertThat(made.frames().size()).isLessThan(700);
            store.requireEveryFrameAccountedFor();
        }
        for (BootId boot : new BootId[] {BOOT, new BootId(7, 7)}) {
            requireClean(copy, boot);
            try (StoreFixture restored = StoreFixture.open(copy, How.ON_CALLER.underBoot(boot))) {
                requireFilled(restored);
                restored.streams().save(replacing("small", NodeType.BYTE), SMALL);
            }
        }
    }

    @Test
    void holdsTheRootOfItsBeginningWhateverComesMeanwhile() {
        Path copy = folder.resolve("copy");
        try (StoreFixture store =
                StoreFixture.format(device.resolve("m"), 16 << 20, How.ON_CALLER)) {
            fill(store);
            try (BackupCopy made = new BackupCopy(store.opened(), copy)) {
                for (int round = 0; made.next(16); round++) {
                    store.streams().save(replacing("small", NodeType.BYTE), bytes(round, 9 * PAGE));
                    store.streams().save("new" + round, bytes(round, 20 * PAGE));
                    if (round == 3) {
                        await(store.store().remove("large", 0));
                        await(store.store().grow(20 << 20));
                    }
                    await(store.store().force());
                }
                assertThat(made.damage()).isEmpty();
            }
            store.requireHeldAtMost(0);
            store.requireEveryFrameAccountedFor();
        }
        requireClean(copy, BOOT);
        try (StoreFixture restored = StoreFixture.open(copy, How.ON_CALLER)) {
            requireFilled(restored);
        }
    }

    @Test
    void drawsOtherSequencesThanTheOriginal() {
        Path copy = folder.resolve("copy");
        try (StoreFixture store =
                StoreFixture.format(device.resolve("m"), 16 << 20, How.ON_CALLER)) {
            fill(store);
            BackupCopy.whole(store.opened(), copy);
            long later = store.streams().save("later", SMALL);
            try (StoreFixture restored = StoreFixture.open(copy, How.ON_CALLER)) {
                assertThat(restored.store().uuid()).isEqualTo(store.store().uuid());
                assertThat(restored.streams().save("later", LARGE))
                        .isGreaterThan(later + (1L << 39));
                assertThat(await(restored.store().stat("small")).sequence())
                        .isEqualTo(await(store.store().stat("small")).sequence());
            }
        }
    }

    /** Where nothing else is in use; of the fixed frames some have nothing in them. */
    private void requireAnnounced(StoreFixture store, String target) {
        BackupCopy made = BackupCopy.whole(store.opened(), folder.resolve(target));
        assertThat(made.framesMax())
                .isBetween(
                        (long) made.frames().size(),
                        made.frames().size() + 2L * FileLayout.FIXED_FRAMES);
    }

    @Test
    void announcesTheFramesThatComeHoweverManyAreFree() {
        try (StoreFixture store =
                StoreFixture.format(device.resolve("m"), 4 << 20, How.ON_CALLER_ALONE)) {
            requireAnnounced(store, "empty");
            store.streams().save("large", LARGE);
            await(store.store().force());
            requireAnnounced(store, "full");
            await(store.store().grow(64 << 20));
            requireAnnounced(store, "grown");
            store.streams().save("more", LARGE);
            await(store.store().remove("large", 0));
            await(store.store().force());
            requireAnnounced(store, "changed");
        }
    }

    /** The file has its new size before anybody may have the new frames. */
    @Test
    void announcesNoFramesOfAGrowthThatIsUnderWay() {
        try (StoreFixture store =
                StoreFixture.format(device.resolve("m"), 4 << 20, How.ON_CALLER_ALONE).damaged()) {
            fill(store);
            await(store.store().force());
            long frames = (64L << 20) / PAGE;
            store.memory().extend(frames, Runnable::run, () -> {});
            store.memory().grown(frames);
            requireAnnounced(store, "growing");
            allocator(store).grow(frames);
            requireAnnounced(store, "grown");
        }
    }

    @Test
    void isRefusedWhileAnotherIsUnderWayAndBeforeTheWalk() {
        Path file = device.resolve("m");
        try (StoreFixture store = StoreFixture.format(file, 16 << 20, How.ON_CALLER)) {
            fill(store);
            try (BackupCopy made = new BackupCopy(store.opened(), folder.resolve("copy"))) {
                refused(Errno.EBUSY, store.opened().backup());
                assertThat(store.store().info()).containsEntry("backup.underWay", true);
                made.finish();
            }
            assertThat(store.store().info()).containsEntry("backup.underWay", false);
            BackupCopy.whole(store.opened(), folder.resolve("next"));
        }
        StoreFixture starting = StoreFixture.openWithoutWalk(file, How.ON_CALLER);
        refused(Errno.EAGAIN, starting.opened().backup());
        starting.opened().recover();
        starting.close();
    }

    @Test
    void keepsFramesFromSavers() {
        try (StoreFixture store =
                StoreFixture.format(device.resolve("m"), 4 << 20, How.ON_CALLER)) {
            store.streams().save("large", LARGE);
            try (BackupCopy made = new BackupCopy(store.opened(), folder.resolve("copy"))) {
                made.next(16);
                await(store.store().remove("large", 0));
                await(store.store().force());

                assertThat(refused(Errno.ENOMEM, () -> store.streams().save("again", LARGE)))
                        .hasMessageContaining("some until a backup ends");
                assertThat(made.next(16)).isTrue();
            }
            store.streams().save("again", LARGE);
        }
    }

    @Test
    void givesWayToARemovalThatFindsNoFrame() {
        try (StoreFixture store =
                StoreFixture.format(device.resolve("m"), 4 << 20, How.ON_CALLER)) {
            store.streams().save("large", LARGE);
            store.streams().save("small", SMALL);
            try (BackupCopy made = new BackupCopy(store.opened(), folder.resolve("copy"))) {
                made.next(16);
                await(store.store().remove("large", 0));
                await(store.store().force());
                List<Long> taken = takeAllFrames(store);

                await(store.store().remove("small", 0));

                refused(Errno.ENOMEM, () -> made.next(16));
                assertThat(store.store().info()).containsEntry("backup.underWay", false);
                taken.forEach(allocator(store)::release);
            }
            store.streams().save("again", LARGE);
        }
    }

    /** What it reads next is another's by then, and no damage. */
    @Test
    void saysThatItGaveWayWhereTheDirectoryHasGone() {
        Path file = device.resolve("m");
        try (StoreFixture store = StoreFixture.format(file, 4 << 20, How.ON_CALLER).damaged()) {
            store.streams().save("large", LARGE);
            store.streams().save("small", SMALL);
            try (BackupCopy made = new BackupCopy(store.opened(), folder.resolve("copy"))) {
                await(store.store().remove("large", 0));
                await(store.store().force());
                List<Long> taken = takeAllFrames(store);
                await(store.store().remove("small", 0));
                await(store.store().force());
                takeAllFrames(store).forEach(pfn -> Damage.zero(file, pfn));

                assertThat(refused(Errno.ENOMEM, () -> made.next(256)))
                        .hasMessageContaining("gave way");
                assertThat(taken).isNotEmpty();
            }
            store.kill();
        }
    }

    /** A message has room for some lines about damage, and a client waits for each part. */
    @Test
    void goesOverFramesThatCannotBeReadPartByPart() {
        Path file = device.resolve("m");
        StoreFixture store = StoreFixture.format(file, 16 << 20, How.ON_CALLER).damaged();
        store.streams().save("small", SMALL);
        store.streams().save("large", LARGE);
        int lines = 0;
        try (BackupCopy made = new BackupCopy(store.opened(), folder.resolve("copy"))) {
            Damage.resize(file, 2 << 20);
            boolean hasMore = true;
            while (hasMore) {
                hasMore = made.next(256);
                assertThat(made.damage().size() - lines).isLessThan(50);
                lines = made.damage().size();
            }
        }
        store.kill();
        assertThat(lines).isGreaterThan(100);
    }

    @Test
    void readsNothingAnyMoreWhenItIsClosed() {
        try (StoreFixture store =
                StoreFixture.format(device.resolve("m"), 16 << 20, How.ON_CALLER)) {
            fill(store);
            Backup backup = await(store.opened().backup());
            await(backup.next(16));
            backup.close();
            refused(Errno.EBADF, backup.next(16));
            assertThat(store.store().info()).containsEntry("backup.underWay", false);
        }
    }

    private static FrameAllocator allocator(StoreFixture store) {
        try (WatchedRoot watched = store.store().view().watchRoot().orElseThrow()) {
            return watched.allocator();
        }
    }

    /** Not even a commit finds any more. */
    private static List<Long> takeAllFrames(StoreFixture store) {
        List<Long> taken = new ArrayList<>();
        while (true) {
            Optional<long[]> one = allocator(store).allocateSingles(1, Purpose.COMMIT);
            if (one.isEmpty()) {
                return taken;
            }
            taken.add(one.get()[0]);
        }
    }

    @Test
    void keepsNoRootWhenItCannotBegin() {
        Path file = device.resolve("m");
        StoreFixture store = StoreFixture.format(file, 4 << 20, How.ON_CALLER_ALONE).damaged();
        store.streams().save("small", SMALL);
        byte[] whole = Damage.frame(file, directory(store).pfn1());
        Damage.zero(file, directory(store).pfn1());
        Damage.zero(file, directory(store).pfn2());
        refused(Errno.EIO, store.opened().backup());
        assertThat(store.store().info()).containsEntry("backup.underWay", false);

        Damage.write(file, directory(store).pfn1(), whole);
        BackupCopy.whole(store.opened(), folder.resolve("copy"));
        store.kill();
    }

    /** The only damage that a copy does not have. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hasBothCopiesOfADirectoryPageOfWhichOneIsLeft(boolean isFirstLeft) {
        Path file = device.resolve("m");
        Path copy = folder.resolve("copy");
        try (StoreFixture store = StoreFixture.format(file, 16 << 20, How.ON_CALLER_ALONE)) {
            fill(store);
            PageRef top = directory(store);
            Damage.zero(file, isFirstLeft ? top.pfn2() : top.pfn1());
            assertThat(BackupCopy.whole(store.opened(), copy).damage()).isEmpty();
            store.damaged();
        }
        requireClean(copy, BOOT);
    }

    private static PageRef directory(StoreFixture store) {
        try (WatchedRoot watched = store.store().view().watchRoot().orElseThrow()) {
            return watched.root().top();
        }
    }

    /** The file has its new size on the device, and the store has not. */
    @Test
    void hasTheSizeOfItsBeginningWhileTheFileGrows() throws IOException {
        AtomicReference<StoreFixture> growing = new AtomicReference<>();
        Path copy = folder.resolve("copy");
        CrashPoint.Listener backup =
                point -> {
                    if (point == CrashPoint.SUPER_BLOCK_FORCED && Files.notExists(copy)) {
                        BackupCopy.whole(growing.get().opened(), copy);
                    }
                };
        How how = How.ON_CALLER_ALONE.stoppedBy(backup);
        try (StoreFixture store = StoreFixture.format(device.resolve("m"), 4 << 20, how)) {
            growing.set(store);
            fill(store);
            await(store.store().grow(16 << 20));
        }
        assertThat(Files.size(copy)).isEqualTo(4 << 20);
        requireClean(copy, BOOT);
        try (StoreFixture restored = StoreFixture.open(copy, How.ON_CALLER)) {
            requireFilled(restored);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"version1-plain", "version1-damaged", "version1-inlined"})
    void isAsDamagedAsTheOriginal(String golden) throws IOException {
        Path file = GoldenFiles.unpack(golden, folder);
        Path copy = folder.resolve("copy");
        FsckReport before = Fsck.check(file, BOOT);
        int damage;
        try (StoreFixture store = StoreFixture.open(file, GoldenFiles.under(true)).damaged()) {
            damage = BackupCopy.whole(store.opened(), copy).damage().size();
        }
        FsckReport after = Fsck.check(copy, BOOT);
        assertThat(after.problems().stream().map(FsckProblem::kind))
                .containsExactlyInAnyOrderElementsOf(
                        before.problems().stream().map(FsckProblem::kind).toList())
                .hasSize(damage);
        assertThat(after.counts())
                .usingRecursiveComparison()
                .comparingOnlyFields("node", "link", "data", "nodes", "quarantined")
                .isEqualTo(before.counts());
    }
}
