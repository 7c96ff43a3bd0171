package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.HeldDevice;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.NodeType;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a store tells of its work, and of what is not on the device yet. */
@Timeout(60)
class StoreMeterTest {
    private static final int PAGES = 20;

    @TempDir(factory = OnDevice.class)
    Path folder;

    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong forces = new AtomicLong();

    private final StoreMeter meter =
            new StoreMeter() {
                @Override
                public void committed(int made, long nanos) {
                    assertThat(nanos).isPositive();
                    commits.incrementAndGet();
                    changes.addAndGet(made);
                }

                @Override
                public void forced(long nanos) {
                    assertThat(nanos).isPositive();
                    forces.incrementAndGet();
                }
            };

    @Test
    void tellsOfEveryCommitAndForce() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long before = fixture.info("commits.count");
            fixture.store().metering(meter);
            fixture.streams().save("a", bytes(1, 100));
            fixture.streams().save("b", bytes(1, 100));
            await(fixture.store().remove("a", 0));
            await(fixture.store().force());

            assertThat(commits).hasValue(fixture.info("commits.count") - before);
            assertThat(changes).hasValue(3);
            assertThat(forces).hasValue(fixture.info("force.count"));
        }
    }

    @Test
    void knowsHowOldIsWhatIsNotForced() {
        HeldDevice device = new HeldDevice();
        try (StoreFixture fixture =
                StoreFixture.format(
                        folder.resolve("m"),
                        StoreFixture.SMALL_BYTES,
                        How.THREADED.observedBy(device))) {
            await(fixture.store().force());
            assertThat(fixture.info("force.unforcedMillis")).isZero();

            fixture.streams().save("a", bytes(1, 100));
            long first = fixture.info("force.unforcedMillis");
            assertThat(first).isPositive();

            device.hold();
            CompletableFuture<Void> force = fixture.store().force();
            device.awaitForce();
            assertThat(fixture.info("force.unforcedMillis")).isGreaterThanOrEqualTo(first);
            fixture.streams().save("b", bytes(1, 100)); // not taken along
            device.letGo();
            await(force);
            assertThat(fixture.info("force.unforcedMillis")).isPositive();

            await(fixture.store().force());
            assertThat(fixture.info("force.unforcedMillis")).isZero();
        }
    }

    @Test
    void ageOfTheOldestIsKeptOverAForceThatTakesItAlone() {
        UnforcedAge age = new UnforcedAge();
        assertThat(age.nanos()).isZero();
        age.committed();
        age.forceBegins();
        age.committed();
        long oldest = age.nanos();
        age.forceBegins(); // the one before it failed
        assertThat(age.nanos()).isGreaterThanOrEqualTo(oldest);
        age.forced();
        assertThat(age.nanos()).isZero();
        age.committed();
        assertThat(age.nanos()).isPositive();
    }

    @Test
    void countsFramesThatOnlyReadersKeep() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save("a", bytes(1, PAGES * StreamDriver.PAGE));
            LoadStream peek =
                    await(
                            fixture.store()
                                    .openLoad(
                                            new LoadRequest(
                                                    "a",
                                                    0,
                                                    Optional.of(NodeType.BYTE),
                                                    true,
                                                    Map.of(),
                                                    0)));
            await(fixture.store().remove("a", 0));
            await(fixture.store().force());

            assertThat(fixture.info("frames.pinned")).isGreaterThanOrEqualTo(PAGES);
            assertThat(fixture.info("frames.pinned"))
                    .isLessThanOrEqualTo(fixture.info("frames.held"));

            peek.abort();
            assertThat(fixture.info("frames.pinned")).isZero();
        }
    }

    @Test
    void saysWhetherTheOpeningWentBack() {
        StoreFixture fixture = StoreFixture.format(folder.resolve("m"));
        await(fixture.store().force());
        assertThat(fixture.store().info()).containsEntry("recovery.wentBack", false);
        fixture.streams().save("a", bytes(1, 100));
        fixture.kill();

        fixture = StoreFixture.open(folder.resolve("m"), How.THREADED.underBoot(new BootId(3, 4)));
        try (StoreFixture opened = fixture) {
            assertThat(opened.store().info()).containsEntry("recovery.wentBack", true);
            assertThat(opened.info("recovery.walkMillis")).isPositive();
        }
        try (StoreFixture again = StoreFixture.open(folder.resolve("m"), How.THREADED)) {
            assertThat(again.store().info()).containsEntry("recovery.wentBack", false);
        }
    }
}
