package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What level "process" promises after a power cut that lost no page: another boot id. */
class NextBootTest {
    private static final ListRequest ALL = new ListRequest("", 0, 0, 10_000);

    @TempDir Path folder;

    private static StoreFixture cutPower(StoreFixture fixture, int boot) {
        fixture.kill();
        return StoreFixture.open(fixture.file(), How.THREADED.underBoot(new BootId(77, boot)));
    }

    private static StoreFixture killUnder(StoreFixture fixture, int boot) {
        return cutPower(fixture, boot);
    }

    @Test
    void goesBackToTheLastForcedRootAsAWhole() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("kept", bytes(1, 100_000));
            streams.save("removedLater", bytes(2, 100_000));
            streams.save("replacedLater", bytes(3, 100_000));
            await(fixture.store().force());
            List<NodeInfo> forced = await(fixture.store().list(ALL)).nodes();
            await(fixture.store().remove("removedLater", 0));
            streams.save(StreamDriver.replacing("replacedLater", NodeType.BYTE), bytes(4, 100_000));
            streams.save("savedLater", bytes(5, 100_000));
            try (StoreFixture next = cutPower(fixture, 1)) {
                assertThat(await(next.store().list(ALL)).nodes()).isEqualTo(forced);
                assertThat(next.streams().peek("kept")).isEqualTo(bytes(1, 100_000));
                assertThat(next.streams().peek("removedLater")).isEqualTo(bytes(2, 100_000));
                assertThat(next.streams().peek("replacedLater")).isEqualTo(bytes(3, 100_000));
                refused(Errno.ENOENT, next.store().stat("savedLater"));
                assertThat(next.opened().report().lines())
                        .anySatisfy(line -> assertThat(line).contains("last forced root"))
                        .anySatisfy(line -> assertThat(line).contains("does not count: newest="));
                assertThat(next.opened().report().isClean()).isFalse();
                next.requireEveryFrameAccountedFor();
            }
        }
    }

    @Test
    void behindACleanStopNothingIsAmiss() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save("kept", bytes(1, 100_000));
            await(fixture.store().force());
            try (StoreFixture next = cutPower(fixture, 1)) {
                assertThat(next.streams().peek("kept")).isEqualTo(bytes(1, 100_000));
                assertThat(next.opened().report().lines())
                        .anySatisfy(line -> assertThat(line).contains("the machine has booted"));
                assertThat(next.opened().report().isClean()).isTrue();
            }
        }
    }

    @Test
    void bringsNothingBackAtTheStartAfterTheNext() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save("forced", bytes(1, 10_000));
            await(fixture.store().force());
            for (int i = 0; i < 10; i++) {
                fixture.streams().save("lost" + i, bytes(i, 10_000));
            }
            StoreFixture next = cutPower(fixture, 1);
            StoreFixture killed = killUnder(next, 1);
            assertThat(names(killed)).containsExactly("forced");
            killed.streams().save("new", bytes(3, 10_000));
            StoreFixture again = killUnder(killed, 1);
            assertThat(names(again)).containsExactly("forced", "new");
            again.requireEveryFrameAccountedFor();
            try (StoreFixture cutAgain = cutPower(again, 2)) {
                assertThat(names(cutAgain)).containsExactly("forced");
                cutAgain.requireEveryFrameAccountedFor();
            }
        }
    }

    private static List<String> names(StoreFixture fixture) {
        return await(fixture.store().list(ALL)).nodes().stream().map(NodeInfo::name).toList();
    }

    @Test
    void keepsTheLastForcedRootWholeWhateverIsSavedAfterAKill() {
        try (StoreFixture fixture =
                StoreFixture.format(folder.resolve("m"), 32L << 20, How.THREADED)) {
            for (int i = 0; i < 10; i++) {
                fixture.streams().save("n" + i, bytes(i, 300_000));
            }
            await(fixture.store().force());
            await(fixture.store().removeAll(""));
            try (StoreFixture killed = fixture.killAndRestart()) {
                assertThat(killed.info("frames.held")).isGreaterThan(700);
                for (int i = 0; i < 10; i++) {
                    killed.streams()
                            .save(StreamDriver.replacing("x", NodeType.BYTE), bytes(i, 10_000_000));
                }
                assertThat(killed.info("force.count")).isZero();
                try (StoreFixture next = cutPower(killed, 1)) {
                    assertThat(names(next)).hasSize(10);
                    for (int i = 0; i < 10; i++) {
                        assertThat(next.streams().peek("n" + i)).isEqualTo(bytes(i, 300_000));
                    }
                    next.requireEveryFrameAccountedFor();
                }
            }
        }
    }

    @Test
    void seesNoSequenceTwiceOverKillsAndPowerCuts() {
        Set<Long> seen = new HashSet<>();
        try (StoreFixture first = StoreFixture.format(folder.resolve("m"))) {
            StoreFixture fixture = first;
            int boot = 0;
            for (int round = 0; round < 12; round++) {
                for (int i = 0; i < 5; i++) {
                    String name = round + "/" + i;
                    assertThat(seen.add(fixture.streams().save(name, bytes(i, 100)))).isTrue();
                    assertThat(seen.add(fixture.info("root.sequence"))).isTrue();
                }
                if (round % 4 == 0) {
                    await(fixture.store().force());
                }
                if (round % 3 == 0) {
                    boot++;
                }
                fixture = cutPower(fixture, boot);
                assertThat(seen.add(fixture.info("root.sequence"))).isTrue();
                fixture.requireEveryFrameAccountedFor();
            }
            fixture.close();
        }
    }

    @Test
    void keepsTheForcedRootsFramesUntilANewerOneIsForced() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save("a", bytes(1, 400_000));
            await(fixture.store().force());
            fixture.streams().consume("a");
            assertThat(fixture.info("frames.held")).isGreaterThanOrEqualTo(99);
            await(fixture.store().force());
            fixture.requireEveryFrameAccountedFor();
            fixture.requireHeldAtMost(10);
            try (StoreFixture next = cutPower(fixture, 1)) {
                assertThat(names(next)).isEmpty();
            }
        }
    }

    @Test
    void refusesABootIdThatCannotBeReadAndNamesThePath() throws IOException {
        Path absent = folder.resolve("boot_id");
        StoreException failure = refused(Errno.EIO, () -> BootIds.read(absent));
        assertThat(failure).hasMessageContaining(absent.toString());
        Files.writeString(absent, "no uuid\n");
        assertThat(refused(Errno.EIO, () -> BootIds.read(absent)))
                .hasMessageContaining(absent.toString());
        Files.writeString(absent, "00000000-0000-0001-0000-000000000002\n");
        assertThat(BootIds.read(absent)).isEqualTo(new BootId(1, 2));
        assertThat(BootIds.read(BootIds.KERNEL)).isEqualTo(BootIds.read(BootIds.KERNEL));
    }
}
