package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplaceTest {
    @TempDir Path folder;

    @Test
    void savesPlainlyWhenThereIsNothingToReplace() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save(replacing("a", NodeType.BYTE), bytes(1, 5000));
            assertThat(fixture.streams().peek("a")).isEqualTo(bytes(1, 5000));
        }
    }

    @Test
    void showsTheOldNodeUntilFinishAndOnlyTheNewOneAfterIt() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            long old = streams.save("a", bytes(1, 50_000));
            SaveStream replacement = streams.open(replacing("a", NodeType.BYTE));
            streams.append(replacement, bytes(2, 60_000));
            assertThat(streams.peek("a")).isEqualTo(bytes(1, 50_000));
            assertThat(await(fixture.store().stat("a")).sequence()).isEqualTo(old);
            long sequence = await(replacement.finish(60_000));
            assertThat(sequence).isGreaterThan(old);
            assertThat(streams.peek("a")).isEqualTo(bytes(2, 60_000));
            assertThat(await(fixture.store().stat("a")).sequence()).isEqualTo(sequence);
            assertThat(fixture.info("nodes.ready")).isEqualTo(1);
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void keepsTheOldNodeOverAKillBeforeFinishAndTheNewOneAfterIt() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save("a", bytes(1, 50_000));
            SaveStream cut = fixture.streams().open(replacing("a", NodeType.BYTE));
            fixture.streams().append(cut, bytes(2, 60_000));
            try (StoreFixture killed = fixture.killAndRestart()) {
                assertThat(killed.streams().peek("a")).isEqualTo(bytes(1, 50_000));
                killed.requireEveryFrameAccountedFor();
                killed.streams().save(replacing("a", NodeType.BYTE), bytes(3, 70_000));
                try (StoreFixture again = killed.killAndRestart()) {
                    assertThat(again.streams().peek("a")).isEqualTo(bytes(3, 70_000));
                    assertThat(again.info("nodes.ready")).isEqualTo(1);
                    again.requireEveryFrameAccountedFor();
                }
            }
        }
    }

    @Test
    void refusesOtherChangesWhileAReplacementIsOpen() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("a", bytes(1, 100));
            SaveStream replacement = streams.open(replacing("a", NodeType.BYTE));
            refused(Errno.EEXIST, () -> streams.open(request("a", NodeType.BYTE)));
            refused(Errno.EEXIST, () -> streams.open(replacing("a", NodeType.BYTE)));
            refused(Errno.EBUSY, fixture.store().remove("a", 0));
            refused(Errno.EBUSY, () -> streams.openLoad("a", false));
            assertThat(await(fixture.store().removeAll(""))).isZero();
            replacement.discard();
            assertThat(streams.peek("a")).isEqualTo(bytes(1, 100));
            await(fixture.store().remove("a", 0));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void replacesWithAnotherType() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("a", bytes(1, 100));
            streams.save(replacing("a", NodeType.PAGE), bytes(2, 3 * StreamDriver.PAGE));
            assertThat(await(fixture.store().stat("a")).type()).contains(NodeType.PAGE);
            assertThat(streams.peek("a")).isEqualTo(bytes(2, 3 * StreamDriver.PAGE));
        }
    }

    @Test
    void takesAPeekThatBeganBeforeToTheOldNodesEnd() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("a", bytes(1, 300_000));
            LoadStream peek = streams.openLoad("a", true);
            for (int round = 0; round < 20; round++) {
                streams.save(replacing("a", NodeType.BYTE), bytes(100 + round, 300_000));
            }
            assertThat(streams.readAll(peek)).isEqualTo(bytes(1, 300_000));
            assertThat(streams.peek("a")).isEqualTo(bytes(119, 300_000));
            peek.abort();
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void leavesALoadThatFailsToBeginNothingToUndo() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("a", bytes(1, 100));
            SaveStream replacement = streams.open(replacing("a", NodeType.BYTE));
            for (int i = 0; i < 10; i++) {
                refused(Errno.EBUSY, () -> streams.openLoad("a", false));
            }
            streams.append(replacement, bytes(2, 100));
            await(replacement.finish(100));
            await(fixture.store().force());
            assertThat(streams.consume("a")).isEqualTo(bytes(2, 100));
            fixture.requireEveryFrameAccountedFor();
        }
    }
}
