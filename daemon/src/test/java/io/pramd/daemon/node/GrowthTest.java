package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.HeldDevice;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckReport;
import io.pramd.protocol.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class GrowthTest {
    private static final long MIB = 1 << 20;

    @TempDir(factory = OnDevice.class)
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("m");
    }

    @Test
    void givesAFullStoreRoomAndKeepsItOverARestart() throws Exception {
        StoreFixture fixture = StoreFixture.format(file, 4 * MIB, How.THREADED);
        fixture.streams().save("before", bytes(1, 600 * PAGE));
        refused(Errno.ENOMEM, () -> fixture.streams().save("x", bytes(2, 600 * PAGE)));

        assertThat(await(fixture.store().grow(9 * MIB + 5000))).isEqualTo(9 * MIB + PAGE);

        assertThat(Files.size(file)).isEqualTo(9 * MIB + PAGE);
        assertThat(fixture.info("memory.bytes")).isEqualTo(9 * MIB + PAGE);
        assertThat(fixture.info("frames.total")).isEqualTo(9 * 256 + 1);
        fixture.requireEveryFrameAccountedFor();
        fixture.streams().save("x", bytes(2, 1500 * PAGE));
        fixture.streams().save(replacing("before", NodeType.BYTE), bytes(3, 20 * PAGE));
        fixture.requireEveryFrameAccountedFor();
        try (StoreFixture again = fixture.killAndRestart()) {
            assertThat(again.memory().frameCount()).isEqualTo(9 * 256 + 1);
            assertThat(again.streams().peek("x")).isEqualTo(bytes(2, 1500 * PAGE));
            again.streams().consume("x");
            again.streams().consume("before");
            again.requireEveryFrameAccountedFor();
            assertThat(await(again.store().grow(12 * MIB))).isEqualTo(12 * MIB);
            again.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void changesNothingForTheSameSizeAndRefusesOthers() throws Exception {
        try (StoreFixture fixture = StoreFixture.format(file, 4 * MIB, How.THREADED)) {
            assertThat(await(fixture.store().grow(4 * MIB + 4095))).isEqualTo(4 * MIB);
            refused(Errno.EINVAL, fixture.store().grow(4 * MIB - 1));
            refused(Errno.EINVAL, fixture.store().grow(0));
            refused(Errno.EINVAL, fixture.store().grow(-1));
            StoreException why = refused(Errno.EINVAL, fixture.store().grow((1L << 40) + PAGE));
            assertThat(why).hasMessageContaining("max=" + (1L << 40));
            refused(Errno.EINVAL, fixture.store().grow(Long.MAX_VALUE));
            assertThat(Files.size(file)).isEqualTo(4 * MIB);
            assertThat(fixture.info("frames.total")).isEqualTo(1024);
        }
    }

    @Test
    void letsASaverThatFindsNoFrameWaitForIt() throws Exception {
        CountDownLatch isExtended = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CrashPoint.Listener slow =
                point -> {
                    if (point == CrashPoint.FILE_EXTENDED) {
                        isExtended.countDown();
                        until(goOn);
                    }
                };
        try (StoreFixture fixture =
                StoreFixture.format(file, 4 * MIB, How.THREADED.stoppedBy(slow))) {
            CompletableFuture<Long> growth = fixture.store().grow(16 * MIB);
            until(isExtended);
            refused(Errno.EBUSY, fixture.store().grow(20 * MIB));
            fixture.streams().save("small", bytes(1, PAGE)); // streams go on
            CompletableFuture<Long> saved =
                    CompletableFuture.supplyAsync(
                            () -> fixture.streams().save("large", bytes(2, 2000 * PAGE)));
            assertThat(fixture.streams().peek("small")).isEqualTo(bytes(1, PAGE));
            assertThat(fixture.info("frames.total")).isEqualTo(1024);
            goOn.countDown();

            assertThat(await(growth)).isEqualTo(16 * MIB);
            await(saved);
            assertThat(fixture.streams().peek("large")).isEqualTo(bytes(2, 2000 * PAGE));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    private static void until(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Test
    void turnsReadOnlyWhenItsForceFails() {
        HeldDevice device = new HeldDevice();
        StoreFixture fixture = StoreFixture.format(file, 4 * MIB, How.THREADED.observedBy(device));
        fixture.streams().save("a", bytes(1, 100 * PAGE));
        device.fail();

        StoreException why = refused(Errno.EIO, fixture.store().grow(8 * MIB));

        assertThat(why.isOutcomeUnknown()).isTrue();
        assertThat(new ForceMarker(file).exists()).isTrue();
        refused(Errno.EROFS, fixture.store().grow(8 * MIB));
        refused(Errno.EROFS, () -> fixture.streams().save("b", bytes(2, PAGE)));
        assertThat(fixture.streams().peek("a")).isEqualTo(bytes(1, 100 * PAGE));
        fixture.damaged().kill();
    }

    /** Saves, reads and removes as fast as it can, and leaves its last nodes. */
    private static CompletableFuture<Void> load(StoreFixture store, AtomicBoolean stop, int seed) {
        return CompletableFuture.runAsync(
                () -> {
                    Random random = new Random(seed);
                    for (int round = 0; !stop.get(); round++) {
                        String name = "n" + seed + "." + random.nextInt(4);
                        byte[] contents = bytes(round, random.nextInt(40 * PAGE));
                        try {
                            store.streams().save(replacing(name, NodeType.BYTE), contents);
                            assertThat(store.streams().peek(name)).isEqualTo(contents);
                        } catch (StoreException e) {
                            assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
                        }
                    }
                });
    }

    @Test
    void growsAgainAndAgainUnderLoadBesideACheck() {
        try (StoreFixture fixture = StoreFixture.format(file, 4 * MIB, How.THREADED)) {
            AtomicBoolean stop = new AtomicBoolean();
            List<CompletableFuture<Void>> loads = new ArrayList<>();
            for (int seed = 0; seed < 4; seed++) {
                loads.add(load(fixture, stop, seed));
            }
            for (long size = 5; size <= 40; size++) {
                assertThat(await(fixture.store().grow(size * MIB))).isEqualTo(size * MIB);
                if (size % 4 == 0) {
                    FsckReport report = Fsck.check(file, StoreFixture.BOOT);
                    assertThat(report.isClean()).as(report.toString()).isTrue();
                }
            }
            stop.set(true);
            loads.forEach(CompletableFuture::join);
            fixture.requireEveryFrameAccountedFor();
            fixture.streams().save("large", bytes(9, 5000 * PAGE));
            assertThat(fixture.streams().peek("large")).isEqualTo(bytes(9, 5000 * PAGE));
        }
    }

    @Test
    void isOfOneSizeInAllThatIsSaidOfItAtOnce() {
        try (StoreFixture fixture = StoreFixture.format(file, 4 * MIB, How.THREADED)) {
            AtomicBoolean stop = new AtomicBoolean();
            CompletableFuture<Void> onlooker =
                    CompletableFuture.runAsync(
                            () -> {
                                while (!stop.get()) {
                                    requireOneSize(fixture.store().info());
                                }
                            });
            for (long size = 4 * MIB; size <= 5 * MIB && !onlooker.isDone(); size += PAGE) {
                await(fixture.store().grow(size));
            }
            stop.set(true);
            onlooker.join();
        }
    }

    private static void requireOneSize(Map<String, Object> info) {
        long total = (Long) info.get("frames.total");
        assertThat(info).containsEntry("memory.bytes", total * PAGE);
        assertThat((Long) info.get("frames.free") + (Long) info.get("frames.held"))
                .isLessThanOrEqualTo(total);
    }
}
