package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.KillingMemory;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.memory.SuperBlockCopies;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a growth that was cut off leaves: a file that a start opens, in its old size or the new. */
class GrowthKillTest {
    private static final long SMALL = 4 << 20;
    private static final long LARGE = 7 << 20;
    private static final byte[] OLD = bytes(1, 700 * PAGE);
    private static final byte[] NEW = bytes(2, 300 * PAGE);

    @TempDir(factory = OnDevice.class)
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("m");
    }

    /** A file of four MiB with one node, closed. */
    private void format() {
        deleteIfThere(file);
        try (StoreFixture fixture = StoreFixture.format(file, SMALL, How.ON_CALLER)) {
            fixture.streams().save("old", OLD);
        }
    }

    private static void deleteIfThere(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It is clean, opens, has its node, and grows; answers the size that was found. */
    private long requireUsable() {
        FsckReport report = Fsck.check(file, StoreFixture.BOOT);
        assertThat(report.isClean()).as(report.toString()).isTrue();
        long found;
        try (StoreFixture fixture = StoreFixture.open(file, How.ON_CALLER)) {
            found = FileLayout.fileOffset(fixture.memory().frameCount());
            assertThat(fixture.streams().peek("old")).isEqualTo(OLD);
            fixture.requireEveryFrameAccountedFor();
            await(fixture.store().grow(LARGE));
            fixture.requireEveryFrameAccountedFor();
            fixture.streams().save("later", NEW);
        }
        assertThat(Fsck.check(file, StoreFixture.BOOT).notes())
                .as("both copies are equal again")
                .noneMatch(note -> note.contains("super block"));
        return found;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 5})
    void opensBehindAKillAtAnyStore(long tearSeed) throws IOException {
        List<Long> sizes = new ArrayList<>();
        Path image = folder.resolve("image");
        boolean wasKilled = true;
        for (long killAt = 1; wasKilled; killAt++) {
            format();
            deleteIfThere(image);
            KillingMemory memory = new KillingMemory(file, image, killAt, tearSeed);
            wasKilled = growWith(memory);
            if (wasKilled) {
                Files.move(image, file, StandardCopyOption.REPLACE_EXISTING);
            }
            sizes.add(requireUsable());
        }
        assertThat(sizes).isSorted().contains(SMALL, LARGE);
        assertThat(sizes.size()).isBetween(20, 60);
    }

    /** A store grows and uses its new frames; answers whether it was killed. */
    private boolean growWith(KillingMemory memory) {
        AtomicBoolean isOpen = new AtomicBoolean();
        MemoryObserver fromHereOn =
                new MemoryObserver() {
                    @Override
                    public void written(long fileOffset, long bytes) {
                        if (isOpen.get()) {
                            memory.written(fileOffset, bytes);
                        }
                    }
                };
        StoreFixture fixture = StoreFixture.open(file, How.ON_CALLER.observedBy(fromHereOn));
        isOpen.set(true);
        try {
            await(fixture.store().grow(LARGE));
            fixture.streams().save("new", NEW);
        } catch (StoreException | CompletionException e) {
            assertThat(memory.isDead()).as(e.toString()).isTrue();
        } finally {
            fixture.damaged().kill();
        }
        return memory.isDead();
    }

    /** Ends a growth at its n-th crash point, online or not; false when there is none. */
    private boolean killedAt(int step, boolean online) {
        AtomicInteger reached = new AtomicInteger();
        CrashPoint.Listener killer =
                point -> {
                    boolean isOfGrowth = point.ordinal() >= CrashPoint.FILE_EXTENDED.ordinal();
                    if (isOfGrowth && reached.incrementAndGet() == step) {
                        throw new IllegalStateException("killed");
                    }
                };
        if (!online) {
            try {
                OfflineGrowth.grow(file, LARGE, killer);
                return false;
            } catch (IllegalStateException e) {
                return true;
            }
        }
        StoreFixture fixture = StoreFixture.open(file, How.ON_CALLER.stoppedBy(killer));
        try {
            await(fixture.store().grow(LARGE));
            return false;
        } catch (StoreException e) {
            return true;
        } finally {
            fixture.damaged().kill();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void opensBehindAKillAtAnyCrashPoint(boolean online) {
        List<Long> sizes = new ArrayList<>();
        boolean wasKilled = true;
        for (int step = 1; wasKilled; step++) {
            format();
            wasKilled = killedAt(step, online);
            assertThat(file).hasSize(LARGE);
            sizes.add(requireUsable());
        }
        assertThat(sizes).containsExactly(SMALL, SMALL, LARGE, LARGE, LARGE, LARGE, LARGE);
    }

    /** A power cut leaves each page as it was before or as it is, at any length of the file. */
    @Test
    void opensWhateverAPowerCutLeavesOfBothCopies() throws IOException {
        format();
        byte[] oldBlock = Files.readAllBytes(file);
        assertThat(OfflineGrowth.grow(file, LARGE)).isEqualTo(SMALL);
        byte[] newBlock = Files.readAllBytes(file);
        byte[] garbage = bytes(7, 512);
        for (int first = 0; first < 3; first++) {
            for (int second = 0; second < 3; second++) {
                if (first == 2 && second != 0 || second == 2 && first != 1) {
                    continue; // one is stored when the other is on the device
                }
                Files.write(file, newBlock);
                copy(first, 0, oldBlock, garbage);
                copy(second, 512, oldBlock, garbage);
                FsckReport report = Fsck.check(file, StoreFixture.BOOT);
                assertThat(report.isClean()).isEqualTo(first < 2 && second < 2);
                try (StoreFixture fixture = StoreFixture.open(file, How.ON_CALLER)) {
                    boolean isLarge = first == 1 || second == 1;
                    assertThat(fixture.memory().frameCount())
                            .isEqualTo((isLarge ? LARGE : SMALL) / PAGE);
                    assertThat(fixture.streams().peek("old")).isEqualTo(OLD);
                }
                assertThat(Fsck.check(file, StoreFixture.BOOT).isClean()).isTrue();
            }
        }
    }

    /** 0: as before the growth, 1: as after it, 2: torn by the device. */
    private void copy(int version, long pfn, byte[] oldBlock, byte[] garbage) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(FileLayout.fileOffset(pfn));
            if (version == 0) {
                out.write(oldBlock, (int) FileLayout.fileOffset(pfn), PAGE);
            } else if (version == 2) {
                out.write(garbage);
            }
        }
    }

    /** A start once took the first copy only, and left the other one with the old size. */
    @Test
    void losesNothingWhenTheOnlyCopyThatHadTheNewSizeIsDamagedLater() {
        format();
        assertThat(killedAt(4, false)).isTrue(); // the first copy is forced, the second is old
        try (StoreFixture fixture = StoreFixture.open(file, How.ON_CALLER)) {
            assertThat(fixture.memory().frameCount()).isEqualTo(LARGE / PAGE);
            fixture.streams().save("new", NEW);
        }
        Damage.flip(file, 0, 50);
        try (StoreFixture fixture = StoreFixture.open(file, How.ON_CALLER)) {
            assertThat(fixture.streams().peek("new")).isEqualTo(NEW);
        }
    }

    @Test
    void takesOverWhatSomebodyAddedToTheFile() {
        format();
        Damage.resize(file, 6 << 20);

        assertThat(OfflineGrowth.grow(file, LARGE)).isEqualTo(SMALL);

        assertThat(requireUsable()).isEqualTo(LARGE);
    }

    /** The copy that is not being stored has to know all that is in use. */
    @Test
    void keepsTheSizeWhicheverCopyIsTornByAShrinkBehindAGrowthThatWasCutOff() throws IOException {
        format();
        assertThat(killedAt(4, false)).isTrue(); // the first copy is forced, the second is old
        Path cutOff = Files.copy(file, folder.resolve("cutOff"));
        long frames = (6 << 20) / PAGE;
        boolean isTorn = true;
        for (int tornAt = 1; isTorn; tornAt++) {
            Files.copy(cutOff, file, StandardCopyOption.REPLACE_EXISTING);
            isTorn = isTornAt(tornAt, frames);
            try (FileChannel channel = FileChannel.open(file)) {
                assertThat(Identity.read(FileFrames.of(channel)).frameCount())
                        .as("torn at store %d", tornAt)
                        .isGreaterThanOrEqualTo(frames);
            }
        }
    }

    /** Records a size as far as the n-th store; answers whether there is one. */
    private boolean isTornAt(int tornAt, long frames) throws IOException {
        AtomicInteger stores = new AtomicInteger();
        try (FileChannel channel = FileChannel.open(file)) {
            SuperBlockCopies.read(FileFrames.of(channel))
                    .grow(
                            frames,
                            (pfn, page) -> {
                                int store = stores.incrementAndGet();
                                if (store <= tornAt) {
                                    Damage.write(file, pfn, page.array());
                                }
                                if (store == tornAt) {
                                    Damage.flip(file, pfn, 20);
                                }
                            });
        }
        return stores.get() >= tornAt;
    }

    /** A shrink that did not come to its last step leaves metadata there. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bringsNothingBackThatLayBehindTheEnd(boolean online) throws IOException {
        format();
        Damage.resize(file, LARGE);
        byte[] link = bytes(9, PAGE);
        Damage.write(file, SMALL / PAGE + 5, link);
        if (online) {
            try (StoreFixture fixture = StoreFixture.open(file, How.ON_CALLER)) {
                await(fixture.store().grow(6 << 20));
            }
        } else {
            assertThat(OfflineGrowth.grow(file, 6 << 20)).isEqualTo(SMALL);
        }
        assertThat(file).hasSize(6 << 20);
        assertThat(Damage.frame(file, SMALL / PAGE + 5)).containsOnly(0);
    }

    @Test
    void refusesASmallerSizeAServedFileAndOneBehindAFailedForce() throws IOException {
        format();
        refused(Errno.EINVAL, () -> OfflineGrowth.grow(file, SMALL - 1));
        assertThat(OfflineGrowth.grow(file, SMALL + 5)).isEqualTo(SMALL);
        refused(Errno.ENOENT, () -> OfflineGrowth.grow(folder.resolve("none"), LARGE));
        Path other = Files.writeString(folder.resolve("other"), "precious");
        refused(Errno.EINVAL, () -> OfflineGrowth.grow(other, LARGE));
        assertThat(other).hasContent("precious");
        try (FileLock lock = FileLock.acquire(file)) {
            lock.writePid();
            assertThat(refused(Errno.EBUSY, () -> OfflineGrowth.grow(file, LARGE)))
                    .hasMessageContaining("pid=" + ProcessHandle.current().pid());
        }
        ForceMarker marker = new ForceMarker(file);
        marker.create("the test's device failed");
        refused(Errno.EROFS, () -> OfflineGrowth.grow(file, LARGE));
        marker.remove();
        assertThat(file).hasSize(SMALL);
        assertThat(requireUsable()).isEqualTo(SMALL);
    }
}
