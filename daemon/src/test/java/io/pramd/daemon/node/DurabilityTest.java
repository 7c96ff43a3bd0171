package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.HeldDevice;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When what is changed is forced, seen and answered. */
@Timeout(120)
class DurabilityTest {
    private static final int SAVERS = 16;
    private static final int LENGTH = 10_000;

    @TempDir(factory = OnDevice.class)
    Path folder;

    private final HeldDevice device = new HeldDevice();

    private StoreFixture format(Durability level) {
        StoreFixture fixture =
                StoreFixture.format(
                        folder.resolve("m"),
                        StoreFixture.SMALL_BYTES,
                        How.THREADED.observedBy(device).at(level));
        await(fixture.store().force()); // the first force is of the whole file
        return fixture;
    }

    private static SaveRequest request(String name, SaveKey key, Durability level) {
        return new SaveRequest(
                name,
                NodeType.BYTE,
                true,
                key,
                SaveRequest.UNDECLARED,
                Map.of(),
                -1,
                1,
                Optional.of(level),
                Saver.NOBODY,
                0,
                Optional.empty());
    }

    private static CompletableFuture<Long> finish(StoreFixture fixture, SaveRequest request) {
        SaveStream stream = fixture.streams().open(request);
        fixture.streams().append(stream, bytes(7, LENGTH));
        return stream.finish(LENGTH);
    }

    private static StoreFixture cutPower(StoreFixture fixture) {
        fixture.kill();
        return StoreFixture.open(fixture.file(), How.THREADED.underBoot(new BootId(77, 1)));
    }

    @Test
    void showsASaveToNobodyBeforeItIsForcedAndKeepsNobodyElseWaiting() {
        try (StoreFixture fixture = format(Durability.PROCESS)) {
            device.hold();
            SaveKey key = new SaveKey(1, 2);
            CompletableFuture<Long> saved = finish(fixture, request("a", key, Durability.POWER));
            device.awaitForce();
            CompletableFuture<OutcomeAnswer> outcome = fixture.store().outcome(key, 1);
            assertThat(await(fixture.store().stat("a")).state()).isEqualTo(State.SAVING);
            refused(Errno.EBUSY, () -> fixture.streams().openLoad("a", true));
            refused(Errno.EEXIST, () -> fixture.streams().save("a", bytes(1, 1)));
            fixture.streams().save("b", bytes(2, LENGTH));
            assertThat(fixture.streams().peek("b")).isEqualTo(bytes(2, LENGTH));
            assertThat(saved).isNotDone();
            assertThat(outcome).isNotDone();

            device.letGo();

            long sequence = await(saved);
            assertThat(await(outcome)).isEqualTo(new OutcomeAnswer(Outcome.DONE, sequence));
            assertThat(fixture.streams().peek("a")).isEqualTo(bytes(7, LENGTH));
            try (StoreFixture next = cutPower(fixture)) {
                assertThat(next.streams().peek("a")).isEqualTo(bytes(7, LENGTH));
                next.requireEveryFrameAccountedFor();
            }
        }
    }

    @Test
    void freesNeitherNameNorFramesBeforeARemovalIsForced() {
        try (StoreFixture fixture = format(Durability.POWER)) {
            fixture.streams().save("a", bytes(1, 5_000_000));
            long free = fixture.info("frames.free");
            device.hold();
            CompletableFuture<Long> removed = fixture.store().remove("a", 0);
            device.awaitForce();
            refused(
                    Errno.EEXIST,
                    () -> fixture.streams().open(StreamDriver.request("a", NodeType.BYTE)));
            assertThat(fixture.streams().peek("a")).isEqualTo(bytes(1, 5_000_000));
            assertThat(fixture.info("frames.free")).isLessThanOrEqualTo(free);
            assertThat(removed).isNotDone();

            device.letGo();

            await(removed);
            refused(Errno.ENOENT, fixture.store().stat("a"));
            fixture.requireEveryFrameAccountedFor();
            fixture.requireHeldAtMost(10);
            fixture.streams().save("a", bytes(2, 5_000_000));
            try (StoreFixture next = cutPower(fixture)) {
                assertThat(next.streams().peek("a")).isEqualTo(bytes(2, 5_000_000));
            }
        }
    }

    @Test
    void savesAPageWithTwoFlushesOfTheDevice() {
        try (StoreFixture fixture = format(Durability.POWER)) {
            for (int i = 0; i < 10; i++) {
                long before = fixture.memory().forcer().flushes();
                fixture.streams().save("n" + i, bytes(i, 4096));
                assertThat(fixture.memory().forcer().flushes() - before).isEqualTo(2);
            }
        }
    }

    @Test
    void sharesAForceAmongAllThatWait() {
        try (StoreFixture fixture = format(Durability.POWER)) {
            device.hold();
            List<CompletableFuture<Long>> saves = new ArrayList<>();
            saves.add(finish(fixture, request("n", SaveKey.NONE, Durability.POWER)));
            device.awaitForce();
            for (int i = 0; i < SAVERS; i++) {
                saves.add(finish(fixture, request("n" + i, SaveKey.NONE, Durability.POWER)));
            }
            long before = fixture.info("force.count");
            device.letGo();
            saves.forEach(save -> await(save));
            assertThat(fixture.info("force.count") - before).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void failsWhatWaitsForAForceThatFailsAndLeavesItsOutcomeOpen() {
        StoreFixture fixture = format(Durability.POWER);
        fixture.streams().save("kept", bytes(1, LENGTH));
        fixture.streams().save("leaving", bytes(2, LENGTH));
        device.hold();
        SaveKey key = new SaveKey(1, 2);
        CompletableFuture<Long> saved = finish(fixture, request("a", key, Durability.POWER));
        device.awaitForce();
        CompletableFuture<Long> removed = fixture.store().remove("leaving", 0);
        CompletableFuture<OutcomeAnswer> outcome = fixture.store().outcome(key, 1);

        device.fail();

        assertThat(refused(Errno.EIO, saved).isOutcomeUnknown()).isTrue();
        StoreException removal = refused(Errno.EIO, removed);
        assertThat(removal.isOutcomeUnknown()).isTrue();
        refused(Errno.EIO, outcome);
        refused(Errno.EIO, fixture.store().outcome(key, 1));
        assertThat(fixture.streams().peek("kept")).isEqualTo(bytes(1, LENGTH));
        assertThat(fixture.streams().peek("leaving")).isEqualTo(bytes(2, LENGTH));
        refused(Errno.EROFS, () -> fixture.streams().save("b", bytes(1, 1)));
        try (StoreFixture next = fixture.killAndRestart()) {
            // a force failed: only what was forced before counts
            assertThat(next.streams().peek("kept")).isEqualTo(bytes(1, LENGTH));
            assertThat(next.streams().peek("leaving")).isEqualTo(bytes(2, LENGTH));
            refused(Errno.ENOENT, next.store().stat("a"));
            next.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void forcesInTheBackgroundWhenSomebodyAskedForAnInterval() {
        try (StoreFixture fixture = format(Durability.PROCESS)) {
            long before = fixture.info("force.count");
            await(finish(fixture, request("a", SaveKey.NONE, Durability.INTERVAL)));
            Await.until("a root is forced", () -> fixture.info("force.count") > before);
            assertThat(fixture.info("force.longestMillis")).isPositive();
            try (StoreFixture next = cutPower(fixture)) {
                assertThat(next.streams().peek("a")).isEqualTo(bytes(7, LENGTH));
            }
        }
    }
}
