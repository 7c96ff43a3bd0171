package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.HeldDevice;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A removal that waits for its force has given its leaf slot away already. */
@Timeout(120)
class SharedSlotTest {
    @TempDir(factory = OnDevice.class)
    Path folder;

    private final HeldDevice device = new HeldDevice();

    private StoreFixture format() {
        StoreFixture fixture =
                StoreFixture.format(
                        folder.resolve("m"),
                        StoreFixture.SMALL_BYTES,
                        How.THREADED.observedBy(device).at(Durability.POWER));
        await(fixture.store().force());
        return fixture;
    }

    private static void saveAtOnce(StoreFixture fixture, String name, byte[] contents) {
        SaveRequest request =
                new SaveRequest(
                        name,
                        NodeType.BYTE,
                        false,
                        new SaveKey(name.hashCode(), 1),
                        SaveRequest.UNDECLARED,
                        Map.of(),
                        -1,
                        1,
                        Optional.of(Durability.PROCESS),
                        Saver.NOBODY,
                        0,
                        Optional.empty());
        fixture.streams().save(request, contents);
    }

    @Test
    void bothNodesAreFoundByTheirNamesUntilItIsForced() {
        try (StoreFixture fixture = format()) {
            saveAtOnce(fixture, "old", bytes(1, 5000));
            device.hold();
            CompletableFuture<Long> removed = fixture.store().remove("old", 0);
            device.awaitForce();
            saveAtOnce(fixture, "new", bytes(2, 6000));
            assertThat(fixture.streams().peek("old")).isEqualTo(bytes(1, 5000));
            assertThat(fixture.streams().peek("new")).isEqualTo(bytes(2, 6000));
            refused(Errno.EBUSY, () -> await(fixture.store().remove("old", 0)));
            assertThat(await(fixture.store().list(new ListRequest("", 0, 0, 10))).nodes())
                    .extracting(NodeInfo::name)
                    .containsExactly("old", "new");
            device.letGo();
            await(removed);
            refused(Errno.ENOENT, () -> fixture.streams().peek("old"));
            assertThat(fixture.streams().peek("new")).isEqualTo(bytes(2, 6000));
            assertThat(fixture.info("nodes.ready")).isEqualTo(1);
        }
    }

    @Test
    void bothNodesAreReadByTheirNamesWhenItsForceFails() {
        try (StoreFixture fixture = format()) {
            saveAtOnce(fixture, "old", bytes(1, 5000));
            device.hold();
            CompletableFuture<Long> removed = fixture.store().remove("old", 0);
            device.awaitForce();
            saveAtOnce(fixture, "new", bytes(2, 6000));
            device.fail();
            refused(Errno.EIO, removed);
            for (int i = 0; i < 3; i++) {
                assertThat(fixture.streams().peek("old")).isEqualTo(bytes(1, 5000));
                assertThat(fixture.streams().peek("new")).isEqualTo(bytes(2, 6000));
            }
            assertThat(fixture.info("nodes.ready")).isEqualTo(2);
        }
    }
}
