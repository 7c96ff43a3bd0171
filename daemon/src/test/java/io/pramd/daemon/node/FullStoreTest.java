package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FullStoreTest {
    @TempDir Path folder;

    /** Appends until there is no frame left. */
    private static StoreException fill(StoreFixture fixture, SaveStream stream) {
        return refused(
                Errno.ENOMEM,
                () -> {
                    while (true) {
                        fixture.streams().append(stream, bytes(1, 64 * PAGE));
                    }
                });
    }

    /** As many nodes of 100 pages as there is room for; answers how many. */
    private static int fillWithNodes(StoreFixture fixture) {
        for (int i = 0; ; i++) {
            try {
                fixture.streams().save("n" + i, bytes(i, 100 * PAGE));
            } catch (StoreException e) {
                assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
                return i;
            }
        }
    }

    @Test
    void answersEnomemInTheMiddleAndAtFinishAndFreesAll() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("other", bytes(5, 50_000));
            SaveStream small = streams.open(request("small", NodeType.BYTE));
            streams.append(small, bytes(6, 5 * PAGE));
            LoadStream loading = streams.openLoad("other", false);
            SaveStream large = streams.open(request("large", NodeType.BYTE));
            fill(fixture, large);
            assertThat(large.failure()).isPresent();
            refused(Errno.ENOMEM, large.finish(0));
            // the others go on
            assertThat(streams.readAll(loading)).isEqualTo(bytes(5, 50_000));
            await(loading.finish(loading.info().sequence()));
            streams.append(small, bytes(7, 300 * PAGE));
            await(small.finish(305L * PAGE));
            refused(Errno.ENOENT, () -> streams.peek("large"));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void refusesADeclaredLengthThatCanNeverFitAndTakesOthersAsAHint() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long frames = StoreFixture.SMALL_BYTES / PAGE - 2 * 16 - 64;
            long fits = (frames - 8) * PAGE; // 8 links: frames = 1952
            StoreException why = refused(Errno.ENOMEM, () -> openDeclaring(fixture, fits + 1));
            assertThat(why.getMessage())
                    .contains("declaredBytes=" + (fits + 1))
                    .contains("usableFrames=" + frames);
            refused(Errno.ENOMEM, () -> openDeclaring(fixture, Long.MAX_VALUE));
            SaveStream stream = openDeclaring(fixture, fits);
            await(stream.finish(0));
            assertThat(fixture.streams().peek("declared")).isEmpty();
        }
    }

    private static SaveStream openDeclaring(StoreFixture fixture, long bytes) {
        return await(
                fixture.store()
                        .openSave(
                                new SaveRequest(
                                        "declared",
                                        NodeType.BYTE,
                                        false,
                                        SaveKey.NONE,
                                        bytes,
                                        Map.of(),
                                        -1,
                                        1,
                                        Optional.empty(),
                                        Saver.NOBODY,
                                        0,
                                        Optional.empty()),
                                () -> {}));
    }

    @Test
    void freesAFailedStreamsFramesBeforeItsFinish() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            SaveStream large = fixture.streams().open(request("large", NodeType.BYTE));
            fill(fixture, large);
            fixture.requireEveryFrameAccountedFor();
            fixture.streams().save("other", bytes(1, 1000 * PAGE));
            refused(Errno.EEXIST, () -> fixture.streams().save("large", bytes(1, 1)));
            large.discard();
            fixture.streams().save("large", bytes(1, 1));
        }
    }

    @Test
    void commitsRemovalsWhenSavesAreRefused() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            int nodes = fillWithNodes(fixture);
            assertThat(nodes).isGreaterThan(10);
            List<SaveStream> rest = takeAllThatIsLeft(fixture);
            assertThat(fixture.info("frames.free")).isBetween(64L, 64L + 16);
            refused(Errno.ENOMEM, () -> fixture.streams().save("x", bytes(1, PAGE)));
            for (int i = 0; i < nodes; i++) {
                assertThat(fixture.streams().peek("n" + i)).isEqualTo(bytes(i, 100 * PAGE));
                await(fixture.store().remove("n" + i, 0));
            }
            rest.forEach(SaveStream::discard);
            fixture.requireEveryFrameAccountedFor();
            assertThat(fixture.info("nodes.ready")).isZero();
        }
    }

    private static List<SaveStream> takeAllThatIsLeft(StoreFixture fixture) {
        List<SaveStream> taken = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            SaveStream stream = fixture.streams().open(request("rest" + i, NodeType.BYTE));
            try {
                fixture.streams().append(stream, bytes(1, PAGE));
                taken.add(stream);
            } catch (StoreException e) {
                assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
                stream.discard();
                return taken;
            }
        }
        return taken;
    }

    @Test
    void savesAgainRoundAfterRoundWhenWhatItRemovedIsHeld() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            byte[] large = bytes(1, 1500 * PAGE);
            for (int round = 0; round < 10; round++) {
                streams.save("a", large);
                await(fixture.store().force());
                refused(Errno.ENOMEM, () -> streams.save("b", large));
                // the forced root still reaches its frames
                await(fixture.store().remove("a", 0));
                assertThat(fixture.info("frames.held")).isGreaterThan(1500);
            }
            streams.save("a", large);
            assertThat(streams.peek("a")).isEqualTo(large);
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void reusesWhatCameAndWentBetweenTwoForcedRootsWithoutForcing() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            byte[] large = bytes(1, 900 * PAGE);
            for (int round = 0; round < 20; round++) {
                fixture.streams().save("a", large);
                fixture.streams().consume("a");
                fixture.requireEveryFrameAccountedFor();
            }
            assertThat(fixture.info("force.count")).isZero();
        }
    }

    @Test
    void holdsFramesUntilTheLastPinGoesEvenWhenFull() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            byte[] large = bytes(1, 1500 * PAGE);
            streams.save("a", large);
            LoadStream peek = streams.openLoad("a", true);
            await(fixture.store().remove("a", 0));
            refused(Errno.ENOMEM, () -> streams.save("b", large));
            assertThat(streams.readAll(peek)).isEqualTo(large);
            peek.abort();
            streams.save("b", large);
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void servesManySaversThatWaitForFramesAtOnce() throws Exception {
        int savers = 16;
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"));
                ExecutorService threads = Executors.newFixedThreadPool(savers)) {
            for (int round = 0; round < 20; round++) {
                int nodes = fillWithNodes(fixture);
                await(fixture.store().force());
                List<CompletableFuture<Long>> removals = new ArrayList<>();
                for (int i = 0; i < nodes; i++) {
                    removals.add(fixture.store().remove("n" + i, 0));
                }
                List<Future<?>> saves = new ArrayList<>();
                for (int i = 0; i < savers; i++) {
                    String name = "s" + i;
                    saves.add(threads.submit(() -> saveOrEnomem(fixture, name)));
                }
                removals.forEach(removal -> await(removal));
                for (Future<?> save : saves) {
                    save.get();
                }
                await(fixture.store().removeAll("s"));
                fixture.requireEveryFrameAccountedFor();
            }
        }
    }

    private static void saveOrEnomem(StoreFixture fixture, String name) {
        try {
            fixture.streams().save(name, bytes(1, 80 * PAGE));
        } catch (StoreException e) {
            assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
        }
    }

    @Test
    void forcesEarlyWhenTheDirectoryFindsNoFrames() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save("large", bytes(1, 1000 * PAGE));
            await(fixture.store().force());
            await(fixture.store().remove("large", 0));
            long frames = fixture.info("frames.free");
            assertThat(frames).isLessThan(1100);
            for (int i = 0; i < 1500; i++) {
                SaveRequest empty =
                        new SaveRequest(
                                "e" + i,
                                NodeType.BYTE,
                                false,
                                SaveKey.NONE,
                                0,
                                Map.of(),
                                -1,
                                1,
                                Optional.empty(),
                                Saver.NOBODY,
                                0,
                                Optional.empty());
                await(fixture.streams().open(empty).finish(0));
            }
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void refusesAnEmptyNodeOnAFullStoreWithEnomem() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            SaveStream large = fixture.streams().open(request("large", NodeType.BYTE));
            long frames = fixture.info("frames.free") - 64;
            int saved = 0;
            try {
                for (; saved < frames + 100; saved++) {
                    await(fixture.streams().open(request("e" + saved, NodeType.BYTE)).finish(0));
                }
            } catch (StoreException e) {
                assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
            }
            large.discard();
            assertThat(saved).isGreaterThan(1000);
            assertThat(fixture.info("nodes.ready")).isEqualTo(saved);
            assertThat(await(fixture.store().removeAll("e"))).isEqualTo(saved);
            fixture.requireEveryFrameAccountedFor();
        }
    }
}
