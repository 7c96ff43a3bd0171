package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.Outcome;
import io.pramd.daemon.node.SaveKey;
import io.pramd.daemon.node.SaveRequest;
import io.pramd.daemon.node.SaveStream;
import io.pramd.daemon.node.Saver;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BeforeTheWalkTest {
    private static final SaveKey KEY = new SaveKey(1, 1);

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void saveSomeNodes() {
        file = folder.resolve("m");
        try (StoreFixture fixture = StoreFixture.format(file)) {
            fixture.streams().save(StreamDriver.withKey("a", KEY), bytes(1, 500_000));
            for (int i = 0; i < 300; i++) {
                fixture.streams().save("n" + i, bytes(i, 100));
            }
            fixture.kill();
        }
    }

    private static SaveRequest saving(String name, long deadlineMillis) {
        return new SaveRequest(
                name,
                NodeType.BYTE,
                false,
                SaveKey.NONE,
                -1,
                Map.of(),
                deadlineMillis,
                1,
                Optional.empty(),
                Saver.NOBODY,
                0,
                Optional.empty());
    }

    @Test
    void servesLoadsPeeksAndStat() {
        try (StoreFixture fixture = StoreFixture.openWithoutWalk(file, How.THREADED)) {
            assertThat(fixture.streams().peek("a")).isEqualTo(bytes(1, 500_000));
            assertThat(await(fixture.store().stat("n299")).length()).isEqualTo(100);
            refused(Errno.ENOENT, fixture.store().stat("unknown"));
            refused(Errno.ENOENT, () -> fixture.streams().openLoad("unknown", false));
            LoadStream load = fixture.streams().openLoad("a", false);
            assertThat(fixture.streams().readAll(load)).isEqualTo(bytes(1, 500_000));
            load.abort();
            assertThat(fixture.store().info().get("recovery.complete")).isEqualTo(false);
            fixture.opened().recover();
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void answersListsOnceAllNodePagesHaveBeenRead() {
        try (StoreFixture fixture = StoreFixture.openWithoutWalk(file, How.THREADED)) {
            var list = fixture.store().list(new ListRequest("", 0, 0, 1000));
            assertThat(list).isNotDone();
            fixture.store().naming().nameAll();
            assertThat(await(list).nodes()).hasSize(301);
            assertThat(await(list).nodes().getFirst().name()).isEqualTo("a");
            assertThat(fixture.store().info().get("recovery.complete")).isEqualTo(false);
            fixture.opened().recover();
            assertThat(await(fixture.store().list(new ListRequest("", 0, 0, 1000))).nodes())
                    .extracting(NodeInfo::name)
                    .doesNotHaveDuplicates()
                    .hasSize(301);
        }
    }

    @Test
    void answersEagainWithTheProgressAtASavesDeadline() {
        try (StoreFixture fixture = StoreFixture.openWithoutWalk(file, How.THREADED)) {
            long begin = System.nanoTime();
            StoreException refusal =
                    refused(Errno.EAGAIN, fixture.store().openSave(saving("b", 150), () -> {}));
            assertThat((System.nanoTime() - begin) / 1_000_000).isBetween(145L, 5000L);
            assertThat(refusal).hasMessageContaining("still being counted");
            refused(Errno.EAGAIN, fixture.store().openSave(saving("b", 0), () -> {}));
            fixture.opened().recover();
            fixture.streams().save("b", bytes(2, 10));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void goesOnWithChangesThatWaitedWhenTheWalkIsDone() {
        try (StoreFixture fixture = StoreFixture.openWithoutWalk(file, How.THREADED)) {
            CompletableFuture<SaveStream> save =
                    fixture.store().openSave(saving("b", 20_000), () -> {});
            CompletableFuture<Long> removal = fixture.store().remove("n1", 0);
            LoadStream load = fixture.streams().openLoad("a", false);
            CompletableFuture<Long> consumed = load.finish(load.info().sequence());
            CompletableFuture<Void> forced = fixture.store().force();
            assertThat(save).isNotDone();
            assertThat(removal).isNotDone();
            assertThat(consumed).isNotDone();
            assertThat(forced).isNotDone();
            fixture.opened().recover();
            await(await(save).finish(0));
            await(removal);
            await(consumed);
            await(forced);
            refused(Errno.ENOENT, fixture.store().stat("a"));
            refused(Errno.ENOENT, fixture.store().stat("n1"));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void opensNothingForASaveThatWasCancelledWhileItWaited() {
        try (StoreFixture fixture = StoreFixture.openWithoutWalk(file, How.THREADED)) {
            CompletableFuture<SaveStream> save =
                    fixture.store().openSave(saving("b", 20_000), () -> {});
            save.cancel(false);
            fixture.opened().recover();
            fixture.streams().save("b", bytes(2, 10));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void answersAnOutcomeOnceSaveIdsAreKnown() {
        try (StoreFixture fixture = StoreFixture.openWithoutWalk(file, How.THREADED)) {
            refused(Errno.EAGAIN, fixture.store().outcome(new SaveKey(9, 9), 1));
            // found by name first
            await(fixture.store().stat("a"));
            assertThat(await(fixture.store().outcome(KEY, 1)).outcome()).isEqualTo(Outcome.DONE);
            fixture.opened().recover();
            assertThat(await(fixture.store().outcome(KEY, 1)).outcome()).isEqualTo(Outcome.DONE);
            assertThat(await(fixture.store().outcome(new SaveKey(9, 9), 1)).outcome())
                    .isEqualTo(Outcome.UNKNOWN);
        }
    }

    @Test
    void losesNothingToAKillBeforeOrDuringTheWalk() {
        StoreFixture.openWithoutWalk(file, How.THREADED).kill();
        StoreFixture named = StoreFixture.openWithoutWalk(file, How.THREADED);
        named.store().naming().nameAll();
        named.kill();
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED)) {
            assertThat(fixture.info("nodes.ready")).isEqualTo(301);
            assertThat(fixture.streams().consume("a")).isEqualTo(bytes(1, 500_000));
            fixture.requireEveryFrameAccountedFor();
        }
    }
}
