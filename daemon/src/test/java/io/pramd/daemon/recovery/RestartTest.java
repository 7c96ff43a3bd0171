package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.SaveKey;
import io.pramd.daemon.node.SaveRequest;
import io.pramd.daemon.node.SaveStream;
import io.pramd.daemon.node.Saver;
import io.pramd.daemon.node.State;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {
    private static final ListRequest ALL = new ListRequest("", 0, 0, 1000);

    @TempDir Path folder;

    @TempDir(factory = OnDevice.class)
    Path device;

    @Test
    void bringsEveryReadyNodeBackAsItWas() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (int i = 0; i < 40; i++) {
                NodeType type = i % 2 == 0 ? NodeType.BYTE : NodeType.PAGE;
                int length = type == NodeType.BYTE ? i * 1111 : i * StreamDriver.PAGE;
                SaveRequest request =
                        new SaveRequest(
                                "n" + i,
                                type,
                                false,
                                new SaveKey(i, i),
                                -1,
                                Map.of("index", "" + i),
                                -1,
                                1,
                                Optional.empty(),
                                Saver.NOBODY,
                                0,
                                Optional.empty());
                fixture.streams().save(request, bytes(i, length));
            }
            List<NodeInfo> before = await(fixture.store().list(ALL)).nodes();
            try (StoreFixture once = fixture.restart();
                    // nothing is saved in between
                    StoreFixture twice = once.restart();
                    StoreFixture killed = twice.killAndRestart();
                    StoreFixture last = killed.killAndRestart()) {
                assertThat(await(last.store().list(ALL)).nodes()).isEqualTo(before);
                for (NodeInfo node : before) {
                    assertThat(last.streams().peek(node.name()))
                            .isEqualTo(bytes(node.saveKey().high(), (int) node.length()));
                }
                last.requireEveryFrameAccountedFor();
            }
        }
    }

    @Test
    void saysNothingOfAnOlderForcedRootWhoseFramesWereUsedAgain() {
        try (StoreFixture fixture = StoreFixture.format(device.resolve("m"))) {
            fixture.streams().save("first", bytes(1, 100));
            await(fixture.store().force());
            for (int i = 0; i < 40; i++) {
                fixture.streams().save("n" + i, bytes(i, 20_000));
            }
            try (StoreFixture killed = fixture.killAndRestart()) {
                assertThat(killed.opened().report().lines())
                        .isNotEmpty()
                        .noneMatch(line -> line.contains("not readable"));
            }
        }
    }

    @Test
    void losesNothingWhenNothingWasEverSaved() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long before = fixture.freeAndHeld();
            try (StoreFixture restarted = fixture.restart();
                    StoreFixture killed = restarted.killAndRestart()) {
                killed.requireEveryFrameAccountedFor();
                assertThat(killed.freeAndHeld()).isEqualTo(before);
            }
        }
    }

    @Test
    void findsLoadingNodesReadyAndUnfinishedOnesAbsentAfterAKill() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save("loading", bytes(1, 50_000));
            SaveStream saving = fixture.streams().open(request("saving", NodeType.BYTE));
            fixture.streams().append(saving, bytes(2, 500_000));
            LoadStream loading = fixture.streams().openLoad("loading", false);
            await(loading.read(0, 5)).release();
            try (StoreFixture killed = fixture.killAndRestart()) {
                NodeInfo node = await(killed.store().stat("loading"));
                assertThat(node.state()).isEqualTo(State.READY);
                refused(Errno.ENOENT, killed.store().stat("saving"));
                assertThat(killed.streams().consume("loading")).isEqualTo(bytes(1, 50_000));
                killed.requireEveryFrameAccountedFor();
            }
        }
    }

    @Test
    void neverBringsBackWhatWasRemovedConsumedOrReplacedBeforeAKill() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (String name : List.of("removed", "consumed", "replaced")) {
                fixture.streams().save(name, bytes(name.hashCode(), 200_000));
            }
            await(fixture.store().force());
            await(fixture.store().remove("removed", 0));
            fixture.streams().consume("consumed");
            fixture.streams()
                    .save(StreamDriver.replacing("replaced", NodeType.BYTE), bytes(5, 300_000));
            fixture.streams().save("other", bytes(6, 300_000));
            try (StoreFixture killed = fixture.killAndRestart();
                    StoreFixture again = killed.killAndRestart()) {
                refused(Errno.ENOENT, again.store().stat("removed"));
                refused(Errno.ENOENT, again.store().stat("consumed"));
                assertThat(again.streams().peek("replaced")).isEqualTo(bytes(5, 300_000));
                assertThat(again.streams().peek("other")).isEqualTo(bytes(6, 300_000));
                assertThat(again.info("nodes.ready")).isEqualTo(2);
                again.requireEveryFrameAccountedFor();
            }
        }
    }

    @Test
    void accountsForEveryFrameAtEveryStart() {
        try (StoreFixture first = StoreFixture.format(folder.resolve("m"))) {
            StoreFixture fixture = first;
            for (int round = 0; round < 10; round++) {
                fixture.requireEveryFrameAccountedFor();
                fixture.streams()
                        .save(
                                StreamDriver.replacing("a" + round % 3, NodeType.BYTE),
                                bytes(round, 100_000 * (round % 4)));
                if (round % 3 == 1) {
                    await(fixture.store().force());
                }
                if (round % 4 == 1) {
                    await(fixture.store().removeAll("a0"));
                }
                SaveStream cut = fixture.streams().open(request("cut", NodeType.BYTE));
                fixture.streams().append(cut, bytes(round, 300_000));
                fixture = fixture.killAndRestart();
            }
            fixture.requireEveryFrameAccountedFor();
            fixture.close();
        }
    }

    @Test
    void keepsEveryNodesLeafSlot() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (int i = 0; i < 300; i++) {
                fixture.streams().save("n" + i, bytes(i, 10));
            }
            for (int i = 0; i < 290; i += 3) {
                await(fixture.store().remove("n" + i, 0));
            }
            Map<Long, Integer> before = fixture.census().slots();
            assertThat(before).hasSize(203).doesNotContainValue(0).containsValue(299);
            try (StoreFixture killed = fixture.killAndRestart();
                    StoreFixture restarted = killed.restart()) {
                assertThat(restarted.census().slots()).isEqualTo(before);
                restarted.streams().save("new", bytes(1, 10));
                long pfn = await(restarted.store().stat("new")).pfn();
                Map<Long, Integer> after = restarted.census().slots();
                assertThat(after).containsEntry(pfn, 0).containsAllEntriesOf(before);
            }
        }
    }

    @Test
    void saysWhatItFoundInItsReport() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save("a", bytes(1, 100));
            try (StoreFixture killed = fixture.killAndRestart()) {
                assertThat(killed.opened().report().lines())
                        .anySatisfy(line -> assertThat(line).contains("newest committed root"))
                        .anySatisfy(line -> assertThat(line).contains("references counted"));
                assertThat(killed.store().info().get("recovery.complete")).isEqualTo(true);
                try (StoreFixture restarted = killed.restart()) {
                    assertThat(restarted.opened().report().lines())
                            .anySatisfy(line -> assertThat(line).contains("last forced root"));
                }
            }
        }
    }
}
