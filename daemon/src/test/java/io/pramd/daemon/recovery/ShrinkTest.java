package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.RunLength;
import io.pramd.daemon.fixture.Salvaged;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.recovery.InterruptedFile.Interruption;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShrinkTest {
    private static final long LARGE = 6 << 20;
    private static final long SMALL = 4 << 20;
    private static final BootId NEXT_BOOT = new BootId(7, 7);

    @TempDir(factory = OnDevice.class)
    Path folder;

    private Path file;
    private final Map<String, byte[]> contents = new LinkedHashMap<>();
    private final Map<String, Long> sequences = new LinkedHashMap<>();

    @BeforeEach
    void nameFile() {
        file = folder.resolve("m");
    }

    /** Nodes before and behind four MiB, and one that lies on both sides; stopped cleanly. */
    private void makeFile() {
        try (StoreFixture store = StoreFixture.format(file, LARGE, How.ON_CALLER)) {
            store.streams().save("first", bytes(1, 20 * PAGE));
            store.streams().save("filler", bytes(2, 900 * PAGE));
            save(store, "across", 300 * PAGE + 7);
            save(store, "behind", 60 * PAGE);
            for (int i = 0; i < 9; i++) {
                save(store, "small" + i, (i + 1) * 3000);
            }
            save(store, "empty", 0);
            await(store.store().remove("filler", 0));
            await(store.store().remove("first", 0));
            save(store, "before", 30 * PAGE);
        }
    }

    private void save(StoreFixture store, String name, int length) {
        contents.put(name, bytes(name.hashCode(), length));
        sequences.put(name, store.streams().save(name, contents.get(name)));
    }

    private void requireAll(BootId boot) {
        FsckReport report = Fsck.check(file, boot);
        assertThat(report.isClean()).as(report.toString()).isTrue();
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER.underBoot(boot))) {
            contents.forEach((name, saved) -> requireNode(store, name, saved));
            store.requireEveryFrameAccountedFor();
            assertThat(store.opened().audit()).isEmpty();
            if (store.info("frames.free") > 200) {
                store.streams().save("later", bytes(3, 40 * PAGE));
                await(store.store().remove("later", 0));
            }
        }
    }

    private void requireNode(StoreFixture store, String name, byte[] saved) {
        NodeInfo node = await(store.store().stat(name));
        assertThat(node.sequence()).isEqualTo(sequences.get(name));
        assertThat(store.streams().peek(name)).as(name).isEqualTo(saved);
    }

    private long shrink(long bytes, CrashPoint.Listener points, UnaryOperator<RestingFile> how) {
        return OfflineShrinking.shrink(file, bytes, BOOT, points, how);
    }

    @Test
    void movesWhatLiesBehindTheNewEnd() {
        makeFile();
        Set<CrashPoint> reached = EnumSet.noneOf(CrashPoint.class);

        assertThat(shrink(SMALL, reached::add, same -> same)).isEqualTo(LARGE);

        assertThat(reached)
                .containsExactlyInAnyOrder(
                        CrashPoint.PAGES_MOVED,
                        CrashPoint.SEQUENCES_RESERVED,
                        CrashPoint.FORCED_SLOT_STORED,
                        CrashPoint.ROOT_FORCED,
                        CrashPoint.CURRENT_SLOT_STORED,
                        CrashPoint.ROOT_MOVED,
                        CrashPoint.REMAINS_CLEARED,
                        CrashPoint.SUPER_BLOCK_STORED,
                        CrashPoint.SUPER_BLOCK_FORCED,
                        CrashPoint.FILE_TRUNCATED);
        assertThat(file).hasSize(SMALL);
        assertThat(Fsck.check(file, BOOT).notes()).isEmpty();
        requireAll(NEXT_BOOT);
        requireAll(BOOT);
        assertThat(shrinkAgain(SMALL)).isEqualTo(SMALL);
    }

    private long shrinkAgain(long bytes) {
        return OfflineShrinking.shrink(file, bytes, BOOT);
    }

    /** Runs it as far as the n-th step; answers whether there is one. */
    private boolean isInterrupted(long step, boolean isPowerCut) {
        try {
            shrink(
                    SMALL,
                    CrashPoint.Listener.NONE,
                    real -> new InterruptedFile(real, step, isPowerCut, step));
            return false;
        } catch (Interruption e) {
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void losesNothingWhereverItEnds(boolean isPowerCut) throws IOException {
        makeFile();
        Path whole = Files.move(file, folder.resolve("whole"));
        InterruptedFile[] all = new InterruptedFile[1];
        Files.copy(whole, file);
        shrink(
                SMALL,
                CrashPoint.Listener.NONE,
                real -> all[0] = new InterruptedFile(real, 0, isPowerCut, 0));
        long steps = all[0].steps();
        int undone = 0;
        int done = 0;
        // the copying into free frames is long and always the same: a few steps of it will do
        for (long step = 1;
                step <= steps;
                step += step < steps - 60 ? steps / RunLength.of(4, 60) : RunLength.of(3, 1)) {
            Files.copy(whole, file, StandardCopyOption.REPLACE_EXISTING);
            assertThat(isInterrupted(step, isPowerCut)).as("step %d of %d", step, steps).isTrue();
            BootId boot = isPowerCut ? NEXT_BOOT : BOOT;
            requireAll(boot);
            assertThat(OfflineShrinking.shrink(file, SMALL, boot)).isIn(SMALL, LARGE);
            assertThat(file).hasSize(SMALL);
            if (step % 4 == 0) {
                requireAll(boot);
            }
            undone += step < steps - 40 ? 1 : 0;
            done++;
        }
        assertThat(undone).isPositive().isLessThan(done);
    }

    /** Ends it at a step, and leaves all that was stored in the kernel's cache. */
    private void killAt(CrashPoint step) {
        assertThatThrownBy(
                        () ->
                                shrink(
                                        SMALL,
                                        point -> {
                                            if (point == step) {
                                                throw new Interruption();
                                            }
                                        },
                                        same -> same))
                .isInstanceOf(Interruption.class);
    }

    private Map<Long, byte[]> forcedSlots() {
        Map<Long, byte[]> slots = new LinkedHashMap<>();
        for (long pfn : FileLayout.FORCED_SLOT_PFNS) {
            for (long copy : List.of(pfn, pfn + FileLayout.SECOND_COPY_DISTANCE)) {
                slots.put(copy, Damage.frame(file, copy));
            }
        }
        return slots;
    }

    private void removeUnchanged(Map<Long, byte[]> frames) {
        frames.entrySet()
                .removeIf(was -> Arrays.equals(Damage.frame(file, was.getKey()), was.getValue()));
    }

    /**
     * The force of the new root fails behind the kill, and nobody hears of it: the slot is in the
     * kernel's cache, looks clean, and never comes to the device. A cut tears what is stored next.
     */
    @Test
    void losesNothingBehindARootThatNeverCameToTheDevice() {
        makeFile();
        Map<Long, byte[]> onDevice = forcedSlots();
        killAt(CrashPoint.FORCED_SLOT_STORED);
        removeUnchanged(onDevice);
        assertThat(onDevice).as("one slot, both copies").hasSize(2);
        Map<Long, byte[]> others = forcedSlots();

        try {
            killAt(CrashPoint.FORCED_SLOT_STORED);
        } catch (AssertionError e) {
            assertThat(e).hasStackTraceContaining("not stopped cleanly");
        }

        removeUnchanged(others);
        others.keySet().forEach(pfn -> Damage.flip(file, pfn, 100));
        onDevice.forEach((pfn, was) -> Damage.write(file, pfn, was));
        requireAll(NEXT_BOOT);
    }

    @ParameterizedTest
    @EnumSource(
            value = CrashPoint.class,
            names = {"FORCED_SLOT_STORED", "ROOT_FORCED"})
    void asksForAStartBehindAKillBeforeTheCurrentSlotsSayWhatTheForcedOneSays(CrashPoint step)
            throws IOException {
        makeFile();
        killAt(step);
        byte[] before = Files.readAllBytes(file);
        refused(Errno.EAGAIN, () -> shrinkAgain(SMALL));
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        requireAll(BOOT);
        assertThat(shrinkAgain(SMALL)).isEqualTo(LARGE);
        requireAll(BOOT);
    }

    /** Frames with a link or a node page. */
    private Set<Long> ofNodes() {
        Set<Long> found = new TreeSet<>();
        for (long pfn = FileLayout.FIXED_FRAMES; pfn < SMALL / PAGE; pfn++) {
            ByteBuffer page = ByteBuffer.wrap(Damage.frame(file, pfn)).order(LITTLE_ENDIAN);
            if (page.getInt(0) == Magic.LINK.number() || page.getInt(0) == Magic.NODE.number()) {
                found.add(pfn);
            }
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(longs = {SMALL, LARGE})
    void clearsWhatARunLeftThatEndedBeforeItWouldHave(long size) {
        makeFile();
        killAt(CrashPoint.ROOT_MOVED);
        StoreFixture.open(file, How.ON_CALLER).close();
        FsckReport.Counts counts = Fsck.check(file, BOOT).counts();
        int reached = (int) (counts.node() + counts.link());
        assertThat(ofNodes()).hasSizeGreaterThan(reached);

        shrinkAgain(size);

        assertThat(ofNodes()).hasSize(reached);
        requireAll(BOOT);
    }

    @Test
    void clearsNothingOfAFileThatWasKilled() throws IOException {
        makeFile();
        StoreFixture store = StoreFixture.open(file, How.ON_CALLER);
        store.streams().save("unforced", bytes(1, PAGE));
        await(store.store().remove("unforced", 0));
        store.kill();
        byte[] before = Files.readAllBytes(file);
        assertThat(shrinkAgain(LARGE)).isEqualTo(LARGE);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    /** A link is found twice: as it was before it moved, and as it is. */
    @Test
    void salvagesANodeOfWhichARunThatEndedEarlyHasLeftLinks() {
        makeFile();
        killAt(CrashPoint.ROOT_MOVED);
        long pfn;
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER)) {
            pfn = await(store.store().stat("across")).pfn();
        }
        Damage.flip(file, pfn, CraftedFile.offset(NodeLayout.FIELDS, "link_pfn"));
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER).damaged()) {
            Salvaged salvaged = Salvaged.byPfn(store.store(), pfn);
            assertThat(salvaged.badPages().isEmpty()).isTrue();
            assertThat(salvaged.bytes()).isEqualTo(contents.get("across"));
        }
    }

    @Test
    void refusesWhatDoesNotFitAndSaysWhatDoes() throws IOException {
        makeFile();
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER)) {
            save(store, "much", 700 * PAGE);
        }
        byte[] before = Files.readAllBytes(file);
        StoreException refusal = refused(Errno.ENOMEM, () -> shrinkAgain(SMALL));
        assertThat(refusal).hasMessageContaining("neededFrames=").hasMessageContaining("available");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);

        long smallest = Long.parseLong(refusal.getMessage().replaceFirst(".*smallest=", ""));
        refused(Errno.ENOMEM, () -> shrinkAgain(smallest - PAGE));
        assertThat(shrinkAgain(smallest)).isEqualTo(LARGE);
        assertThat(file).hasSize(smallest);
        requireAll(BOOT);
    }

    @Test
    void refusesWhatItCannotKnow() throws IOException {
        makeFile();
        refused(Errno.EINVAL, () -> shrinkAgain(LARGE + PAGE));
        refused(Errno.EINVAL, () -> shrinkAgain(SMALL - PAGE));
        try (FileLock lock = FileLock.acquire(file)) {
            assertThat(lock.path()).isEqualTo(file);
            refused(Errno.EBUSY, () -> shrinkAgain(SMALL));
        }
        Path marker = Files.writeString(new ForceMarker(file).path(), "why");
        refused(Errno.EAGAIN, () -> shrinkAgain(SMALL));
        Files.delete(marker);
        StoreFixture store = StoreFixture.open(file, How.ON_CALLER);
        store.streams().save("unforced", bytes(1, PAGE));
        store.kill();
        assertThat(refused(Errno.EAGAIN, () -> shrinkAgain(SMALL)))
                .hasMessageContaining("not stopped cleanly");
        StoreFixture.open(file, How.ON_CALLER).close();
        shrinkAgain(SMALL);
        requireAll(BOOT);
    }

    @Test
    void leavesAFileWithADamagedNodeAlone() throws IOException {
        Path damaged = GoldenFiles.unpack("version1-damaged", folder);
        OfflineGrowth.grow(damaged, 8 << 20);
        StoreFixture.open(damaged, GoldenFiles.under(true)).damaged().close();
        byte[] before = Files.readAllBytes(damaged);
        assertThatThrownBy(
                        () ->
                                OfflineShrinking.shrink(
                                        damaged, SMALL, GoldenFiles.under(true).bootId()))
                .hasMessageContaining("salvage it and remove it first");
        assertThat(Files.readAllBytes(damaged)).isEqualTo(before);
    }

    @Test
    void shrinksABackupAndAFileThatNobodyHasServed() {
        makeFile();
        Path copy = folder.resolve("copy");
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER)) {
            BackupCopy.whole(store.opened(), copy);
        }
        file = copy;
        shrinkAgain(SMALL);
        requireAll(NEXT_BOOT);

        contents.clear();
        file = folder.resolve("new");
        FirstContents.format(file, LARGE, BOOT).close();
        shrinkAgain(SMALL);
        requireAll(BOOT);
    }
}
