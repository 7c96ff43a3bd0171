package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.FrameCensus;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages of a node that only an older forced root reached are another node's by now, and what leads
 * to them is still there.
 */
class UsedAgainTest {
    private static final int PAGE = 4096;

    @TempDir(factory = OnDevice.class)
    Path device;

    private Path file;

    @BeforeEach
    void useFramesAgain() {
        file = device.resolve("memory");
        StoreFixture store =
                StoreFixture.format(
                        file, StoreFixture.SMALL_BYTES, StoreFixture.How.ON_CALLER_ALONE);
        store.streams().save("left", bytes(1, 12 * PAGE));
        FrameCensus left = store.census();
        store.streams().save("gone", bytes(2, 2 * PAGE));
        FrameCensus both = store.census();
        await(store.store().force());
        await(store.store().remove("left", 0));
        await(store.store().remove("gone", 0));
        await(store.store().force());
        store.streams().save("new", bytes(3, 18 * PAGE));
        requireOnlyPagesUsedAgain(left, both, store.census());
        store.kill();
    }

    private static void requireOnlyPagesUsedAgain(
            FrameCensus left, FrameCensus both, FrameCensus now) {
        both.dataFrames().andNot(left.dataFrames());
        both.nodeFrames().andNot(left.nodeFrames());
        assertThat(both.dataFrames().stream()).isNotEmpty().allMatch(now::hasRole);
        assertThat(both.nodeFrames().stream()).isNotEmpty().noneMatch(now::hasRole);
        assertThat(both.directoryFrames().stream()).noneMatch(now::hasRole);
    }

    @Test
    void dropOfTheNewNodeFreesAllItsFrames() {
        try (StoreFixture store = StoreFixture.open(file, StoreFixture.How.ON_CALLER_ALONE)) {
            store.requireEveryFrameAccountedFor();

            await(store.store().remove("new", 0));

            store.requireEveryFrameAccountedFor();
            assertThat(store.info("force.count")).isZero();
        }
    }

    @Test
    void whatIsHeldIsTheSameForFsckAndForAStart() {
        long held = Fsck.check(file, BOOT).counts().held();

        try (StoreFixture store = StoreFixture.open(file, StoreFixture.How.ON_CALLER_ALONE)) {
            assertThat(store.info("frames.held")).isEqualTo(held).isPositive();
        }
    }
}
