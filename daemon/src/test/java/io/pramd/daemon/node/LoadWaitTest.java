package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LoadWaitTest {
    private static final long LONG_MILLIS = 30_000;
    private static final long HOUR_MILLIS = 3_600_000;

    @TempDir Path folder;

    private static CompletableFuture<LoadStream> waitFor(
            StoreFixture fixture, boolean peek, long millis) {
        return fixture.store()
                .openLoad(new LoadRequest("a", 0, Optional.empty(), peek, Map.of(), millis));
    }

    @Test
    void returnsWhenThePredecessorPublishes() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (boolean peek : List.of(true, false)) {
                CompletableFuture<LoadStream> before = waitFor(fixture, peek, LONG_MILLIS);
                SaveStream saving = fixture.streams().open(request("a", NodeType.BYTE));
                CompletableFuture<LoadStream> during = waitFor(fixture, true, LONG_MILLIS);
                fixture.streams().append(saving, bytes(1, 100));
                assertThat(before).isNotDone();
                assertThat(during).isNotDone();
                await(saving.finish(100));
                assertThat(fixture.streams().readAll(await(before))).isEqualTo(bytes(1, 100));
                await(before).abort();
                await(during).abort();
                await(fixture.store().remove("a", 0));
            }
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void timesOutAtItsDeadline() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long begin = System.nanoTime();
            refused(Errno.ETIMEDOUT, waitFor(fixture, false, 200));
            long millis = (System.nanoTime() - begin) / 1_000_000;
            assertThat(millis).isBetween(195L, 5000L);
            SaveStream saving = fixture.streams().open(request("a", NodeType.BYTE));
            refused(Errno.ETIMEDOUT, waitFor(fixture, false, 50));
            await(saving.finish(0));
            LoadStream loading = fixture.streams().openLoad("a", false);
            refused(Errno.ETIMEDOUT, waitFor(fixture, false, 50));
            loading.abort();
            await(waitFor(fixture, false, 50)).abort();
        }
    }

    /** Holds the table of the nodes where it asks for the time, once it is told to. */
    private static final class HeldClock implements InstantSource {
        private final CompletableFuture<Void> asked = new CompletableFuture<>();
        private final CompletableFuture<Void> goOn = new CompletableFuture<>();
        private volatile boolean isHeld;

        @Override
        public Instant instant() {
            if (isHeld && isAskedByTheTable()) {
                asked.complete(null);
                goOn.join();
            }
            return Instant.now();
        }

        private static boolean isAskedByTheTable() {
            String table = NodeTable.class.getName();
            return StackWalker.getInstance()
                    .walk(frames -> frames.anyMatch(each -> each.getClassName().equals(table)));
        }
    }

    /** Who looks whether a node has expired keeps all others from the names meanwhile. */
    @Test
    void getsANodeThatWasReadyWhenItsDeadlinePassesBeforeTheFirstLook() throws Exception {
        HeldClock clock = new HeldClock();
        try (StoreFixture fixture =
                StoreFixture.format(
                        folder.resolve("m"), StoreFixture.SMALL_BYTES, How.THREADED.by(clock))) {
            fixture.streams().save("a", bytes(1, 100));
            fixture.streams()
                    .save(request("mortal", NodeType.BYTE).livingMillis(HOUR_MILLIS), bytes(2, 10));
            clock.isHeld = true;
            CompletableFuture<byte[]> other =
                    CompletableFuture.supplyAsync(() -> fixture.streams().peek("mortal"));
            clock.asked.join();
            CompletableFuture<LoadStream> waiting = waitFor(fixture, false, 1);
            try {
                assertThat(catchThrowable(() -> waiting.get(200, TimeUnit.MILLISECONDS)))
                        .isInstanceOf(TimeoutException.class);
            } finally {
                clock.goOn.complete(null);
            }
            assertThat(fixture.streams().readAll(await(waiting))).isEqualTo(bytes(1, 100));
            await(waiting).abort();
            other.join();
        }
    }

    @Test
    void outlastsADiscardedPredecessor() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            CompletableFuture<LoadStream> waiting = waitFor(fixture, false, LONG_MILLIS);
            fixture.streams().open(request("a", NodeType.BYTE)).discard();
            fixture.streams().open(request("a", NodeType.BYTE)).discard();
            assertThat(waiting).isNotDone();
            fixture.streams().save("a", bytes(2, 10));
            await(waiting).abort();
        }
    }

    @Test
    void givesTheNodeToOneWaiterAfterTheOther() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            List<CompletableFuture<LoadStream>> waiting = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                waiting.add(waitFor(fixture, false, LONG_MILLIS));
            }
            fixture.streams().save("a", bytes(2, 10));
            while (!waiting.isEmpty()) {
                CompletableFuture.anyOf(waiting.toArray(CompletableFuture[]::new)).join();
                List<CompletableFuture<LoadStream>> served =
                        waiting.stream().filter(CompletableFuture::isDone).toList();
                assertThat(served).hasSize(1);
                waiting.removeAll(served);
                await(served.getFirst()).abort();
            }
        }
    }

    @Test
    void opensNothingWhenItWasCancelled() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (int round = 0; round < 100; round++) {
                CompletableFuture<LoadStream> cancelled = waitFor(fixture, false, LONG_MILLIS);
                if (round % 2 == 0) {
                    cancelled.cancel(false);
                }
                fixture.streams().save("a", bytes(2, 10));
                if (!cancelled.cancel(false) && !cancelled.isCancelled()) {
                    await(cancelled).abort();
                }
                CompletableFuture<LoadStream> next = waitFor(fixture, false, LONG_MILLIS);
                LoadStream stream = await(next);
                await(stream.finish(stream.info().sequence()));
            }
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void doesNotWaitWhenTheNodeIsNotAsExpected() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save("a", bytes(2, 10));
            LoadRequest request =
                    new LoadRequest(
                            "a", 0, Optional.of(NodeType.PAGE), false, Map.of(), LONG_MILLIS);
            refused(Errno.EPERM, fixture.store().openLoad(request));
        }
    }

    @Test
    void waitsForAReplacementToEndOneWayOrTheOther() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("a", bytes(1, 10));
            SaveStream given = streams.open(StreamDriver.replacing("a", NodeType.BYTE));
            CompletableFuture<LoadStream> waiting = waitFor(fixture, false, LONG_MILLIS);
            given.discard();
            assertThat(streams.readAll(await(waiting))).isEqualTo(bytes(1, 10));
            await(waiting).abort();
            SaveStream done = streams.open(StreamDriver.replacing("a", NodeType.BYTE));
            CompletableFuture<LoadStream> again = waitFor(fixture, false, LONG_MILLIS);
            streams.append(done, bytes(2, 10));
            await(done.finish(10));
            assertThat(streams.readAll(await(again))).isEqualTo(bytes(2, 10));
            await(again).abort();
        }
    }
}
