package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.node.SaveStream;
import io.pramd.daemon.node.State;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ForceFailureTest {
    @TempDir Path folder;

    /** A device that fails from some moment on. */
    private static final class FailingDevice implements MemoryObserver {
        private final AtomicBoolean fails = new AtomicBoolean();

        @Override
        public void forcing(long fileOffset, long bytes) {
            if (fails.get()) {
                throw StoreException.of(Errno.EIO, "the test's device fails");
            }
        }
    }

    private static void requireUnknown(StoreException failure) {
        assertThat(failure.isOutcomeUnknown()).isTrue();
    }

    @Test
    void refusesChangesFromThenOn() {
        FailingDevice device = new FailingDevice();
        try (StoreFixture fixture =
                StoreFixture.format(
                        folder.resolve("m"),
                        StoreFixture.SMALL_BYTES,
                        How.THREADED.observedBy(device))) {
            fixture.streams().save("a", bytes(1, 100));
            fixture.streams().save("b", bytes(2, 100));
            SaveStream saving = fixture.streams().open(request("c", NodeType.BYTE));
            fixture.streams().append(saving, bytes(3, 100));
            LoadStream loading = fixture.streams().openLoad("a", false);
            assertThat(fixture.store().failed()).isNotDone();
            assertThat(fixture.store().info().get("store.readOnly")).isEqualTo(false);
            device.fails.set(true);
            requireUnknown(refused(Errno.EIO, fixture.store().force()));
            requireUnknown(await(fixture.store().failed()));
            refused(Errno.EROFS, saving.finish(100));
            refused(Errno.EROFS, loading.finish(loading.info().sequence()));
            refused(Errno.EROFS, fixture.store().remove("b", 0));
            refused(Errno.EROFS, fixture.store().removeAll(""));
            refused(Errno.EROFS, () -> fixture.streams().save("d", bytes(1, 1)));
            requireUnknown(refused(Errno.EIO, fixture.store().force()));
            Map<String, Object> info = fixture.store().info();
            assertThat(info.get("force.failed")).isEqualTo(true);
            assertThat(info.get("store.readOnly")).isEqualTo(true);
            assertThat(info.get("store.readOnlyReason").toString())
                    .contains("the test's device fails");
        }
    }

    @Test
    void servesLoadsAsPeeks() {
        FailingDevice device = new FailingDevice();
        try (StoreFixture fixture =
                StoreFixture.format(
                        folder.resolve("m"),
                        StoreFixture.SMALL_BYTES,
                        How.THREADED.observedBy(device))) {
            fixture.streams().save("a", bytes(1, 10_000));
            LoadStream before = fixture.streams().openLoad("a", false);
            device.fails.set(true);
            refused(Errno.EIO, fixture.store().force());
            LoadStream first = fixture.streams().openLoad("a", false);
            LoadStream second = fixture.streams().openLoad("a", false);
            assertThat(fixture.streams().readAll(first)).isEqualTo(bytes(1, 10_000));
            refused(Errno.EROFS, first.finish(first.info().sequence()));
            first.abort();
            assertThat(await(fixture.store().stat("a")).state()).isEqualTo(State.LOADING);
            refused(Errno.EROFS, before.finish(before.info().sequence()));
            before.abort();
            assertThat(await(fixture.store().stat("a")).state()).isEqualTo(State.READY);
            assertThat(fixture.streams().readAll(second)).isEqualTo(bytes(1, 10_000));
            second.abort();
            assertThat(fixture.streams().peek("a")).isEqualTo(bytes(1, 10_000));
        }
    }

    @Test
    void isNotForgottenWhenTheDeviceRecovers() {
        FailingDevice device = new FailingDevice();
        try (StoreFixture fixture =
                StoreFixture.format(
                        folder.resolve("m"),
                        StoreFixture.SMALL_BYTES,
                        How.THREADED.observedBy(device))) {
            fixture.streams().save("a", bytes(1, 100));
            device.fails.set(true);
            refused(Errno.EIO, fixture.store().force());
            device.fails.set(false);
            refused(Errno.EIO, fixture.store().force());
            assertThat(fixture.memory().forcer().hasFailed()).isTrue();
        }
    }

    /**
     * Behind a force that had failed the next one found nothing left to force, took that for
     * success, and a forced slot was stored for a root that was not on the device.
     */
    @Test
    void failsEveryForceFromThenOnAlsoWhenNothingWasReachedSince() {
        FailingDevice device = new FailingDevice();
        try (StoreFixture fixture =
                StoreFixture.format(
                        folder.resolve("m"),
                        StoreFixture.SMALL_BYTES,
                        How.THREADED.observedBy(device))) {
            await(fixture.store().force());
            fixture.streams().save("a", bytes(1, 100));
            device.fails.set(true);
            refused(Errno.EIO, fixture.store().force());
            device.fails.set(false);
            requireUnknown(refused(Errno.EIO, () -> fixture.memory().forcer().forceReached()));
        }
    }

    @Test
    void makesTheNextStartTakeTheForcedRootAndRemoveTheMarker() {
        FailingDevice device = new FailingDevice();
        Path file = folder.resolve("m");
        ForceMarker marker = new ForceMarker(file);
        StoreFixture fixture =
                StoreFixture.format(
                        file, StoreFixture.SMALL_BYTES, How.THREADED.observedBy(device));
        fixture.streams().save("forced", bytes(1, 100_000));
        await(fixture.store().force());
        fixture.streams().consume("forced");
        fixture.streams().save("lost", bytes(2, 100));
        device.fails.set(true);
        refused(Errno.EIO, fixture.store().force());
        fixture.kill();
        assertThat(marker.exists()).isTrue();
        try (StoreFixture next = StoreFixture.open(file, How.THREADED)) {
            assertThat(marker.exists()).isFalse();
            assertThat(next.streams().peek("forced")).isEqualTo(bytes(1, 100_000));
            refused(Errno.ENOENT, next.store().stat("lost"));
            assertThat(next.opened().report().lines())
                    .anySatisfy(line -> assertThat(line).contains("force failed"));
            next.requireEveryFrameAccountedFor();
            next.streams().save("new", bytes(3, 100));
            try (StoreFixture killed = next.killAndRestart()) {
                assertThat(killed.streams().peek("new")).isEqualTo(bytes(3, 100));
                refused(Errno.ENOENT, killed.store().stat("lost"));
                killed.requireEveryFrameAccountedFor();
            }
        }
    }

    @Test
    void keepsTheMarkerWhenTheDeviceFailsAtTheNextStartToo() {
        FailingDevice device = new FailingDevice();
        Path file = folder.resolve("m");
        ForceMarker marker = new ForceMarker(file);
        StoreFixture.format(file).close();
        marker.create("a test");
        device.fails.set(true);
        refused(Errno.EIO, () -> StoreFixture.open(file, How.THREADED.observedBy(device)));
        assertThat(marker.exists()).isTrue();
        StoreFixture.open(file, How.THREADED).close();
        assertThat(marker.exists()).isFalse();
    }

    @Test
    void leavesTheMarkerWhenTheOpeningItselfMeetsTheFailure() {
        FailingDevice device = new FailingDevice();
        Path file = folder.resolve("m");
        StoreFixture fixture = StoreFixture.format(file);
        fixture.streams().save("a", bytes(1, 100));
        fixture.kill();
        device.fails.set(true);
        requireUnknown(
                refused(Errno.EIO, () -> StoreFixture.open(file, How.THREADED.observedBy(device))));
        assertThat(new ForceMarker(file).exists()).isTrue();
        try (StoreFixture next = StoreFixture.open(file, How.THREADED)) {
            refused(Errno.ENOENT, next.store().stat("a"));
        }
    }

    @Test
    void failsTheSaveThatNeededAForceToFindFrames() {
        FailingDevice device = new FailingDevice();
        try (StoreFixture fixture =
                StoreFixture.format(
                        folder.resolve("m"),
                        StoreFixture.SMALL_BYTES,
                        How.THREADED.observedBy(device))) {
            fixture.streams().save("a", bytes(1, 5_000_000));
            await(fixture.store().force());
            await(fixture.store().remove("a", 0));
            device.fails.set(true);
            StoreException failure = null;
            try {
                fixture.streams().save("b", bytes(1, 5_000_000));
            } catch (StoreException e) {
                failure = e;
            }
            assertThat(failure).isNotNull();
            assertThat(failure.errno()).isIn(Errno.EIO, Errno.EROFS);
            requireUnknown(await(fixture.store().failed()));
        }
    }
}
