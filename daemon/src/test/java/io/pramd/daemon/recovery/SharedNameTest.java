package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.Salvaged;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that was damaged for a while, and one that was saved under its name meanwhile. */
class SharedNameTest {
    private static final byte[] OLD = bytes(1, 400 * PAGE);
    private static final byte[] NEW = bytes(2, 300 * PAGE);

    @TempDir Path folder;
    private Path file;
    private long oldPfn;
    private long newPfn;

    @BeforeEach
    void saveTheNameTwice() {
        file = folder.resolve("m");
        StoreFixture fixture = StoreFixture.format(file);
        fixture.streams().save("a", OLD);
        oldPfn = await(fixture.store().stat("a")).pfn();
        fixture.kill();
        Damage.flip(file, oldPfn, 900);
        try (StoreFixture second = open()) {
            second.streams().save("a", NEW);
            newPfn = await(second.store().stat("a")).pfn();
            second.kill();
        }
    }

    private StoreFixture open() {
        return StoreFixture.open(file, How.THREADED).damaged();
    }

    private void flipFirstLink(long nodePfn) {
        ByteBuffer node =
                ByteBuffer.wrap(Damage.frame(file, nodePfn)).order(ByteOrder.LITTLE_ENDIAN);
        Damage.flip(file, NodeLayout.linkPfn(node), 50);
    }

    @Test
    void theNewerIsUsedWhenBothVerify() {
        Damage.flip(file, oldPfn, 900);
        try (StoreFixture fixture = open()) {
            assertThat(fixture.streams().peek("a")).isEqualTo(NEW);
            assertThat(await(fixture.store().statQuarantined(oldPfn)).reason())
                    .isEqualTo("a newer node has this name");
            assertThat(Salvaged.byPfn(fixture.store(), oldPfn).bytes()).isEqualTo(OLD);
            await(fixture.store().removeQuarantined(oldPfn));
            fixture.requireEveryFrameAccountedFor();
            fixture.kill();
        }
        requireWhole(NEW);
    }

    @Test
    void theOlderIsUsedWhenTheNewerTurnsOutDamagedAtTheWalk() {
        Damage.flip(file, oldPfn, 900);
        flipFirstLink(newPfn);
        try (StoreFixture fixture = StoreFixture.openWithoutWalk(file, How.THREADED).damaged()) {
            // before the walk the newer one has the name
            assertThat(await(fixture.store().stat("a")).pfn()).isEqualTo(newPfn);
            fixture.opened().recover();
            assertThat(fixture.streams().peek("a")).isEqualTo(OLD);
            assertThat(await(fixture.store().statQuarantined(newPfn)).reason())
                    .contains("link does not verify")
                    .contains("pages found: 45 of 300");
            assertThat(fixture.info("nodes.quarantined")).isEqualTo(1);
            await(fixture.store().removeQuarantined(newPfn));
            fixture.requireEveryFrameAccountedFor();
            fixture.kill();
        }
        requireWhole(OLD);
    }

    @Test
    void neitherIsUsedWhenBothAreDamaged() {
        Damage.flip(file, oldPfn, 900);
        flipFirstLink(oldPfn);
        flipFirstLink(newPfn);
        try (StoreFixture fixture = open()) {
            refused(Errno.ENOENT, fixture.store().stat("a"));
            assertThat(fixture.info("nodes.quarantined")).isEqualTo(2);
            assertThat(await(fixture.store().statQuarantined(oldPfn)).reason())
                    .contains("a newer node has this name; link does not verify")
                    .contains("pages found: 145 of 400");
            await(fixture.store().removeQuarantined(newPfn));
            await(fixture.store().removeQuarantined(oldPfn));
            fixture.requireEveryFrameAccountedFor();
            fixture.kill();
        }
        try (StoreFixture next = StoreFixture.open(file, How.THREADED)) {
            assertThat(next.info("nodes.ready") + next.info("nodes.quarantined")).isZero();
        }
    }

    @Test
    void aNewerThatTurnsOutDamagedBehindTheWalkLeavesTheNameFree() {
        Damage.flip(file, oldPfn, 900);
        try (StoreFixture fixture = open()) {
            flipFirstLink(newPfn);
            refused(Errno.EIO, () -> fixture.streams().peek("a"));
            refused(Errno.ENOENT, fixture.store().stat("a"));
            assertThat(Salvaged.byPfn(fixture.store(), oldPfn).bytes()).isEqualTo(OLD);
            fixture.streams().save("a", bytes(3, 10));
            await(fixture.store().removeQuarantined(oldPfn));
            await(fixture.store().removeQuarantined(newPfn));
            fixture.kill();
        }
        requireWhole(bytes(3, 10));
    }

    private void requireWhole(byte[] contents) {
        try (StoreFixture next = StoreFixture.open(file, How.THREADED)) {
            assertThat(next.streams().peek("a")).isEqualTo(contents);
            assertThat(next.info("nodes.quarantined")).isZero();
            next.requireEveryFrameAccountedFor();
        }
    }
}
