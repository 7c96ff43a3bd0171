package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MisuseTest {
    @TempDir Path folder;

    @Test
    void answersEbadfOnASaveStreamThatIsFinished() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            SaveStream stream = streams.open(request("a", NodeType.BYTE));
            streams.append(stream, bytes(1, 100));
            await(stream.finish(100));
            refused(Errno.EBADF, stream.finish(100));
            refused(Errno.EBADF, () -> stream.beginPages(new long[1], 1));
            stream.discard();
            assertThat(streams.peek("a")).isEqualTo(bytes(1, 100));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void answersEbadfOnASaveStreamThatIsDiscardedAndSparesALaterNode() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            SaveStream stream = streams.open(request("a", NodeType.BYTE));
            stream.discard();
            streams.save("a", bytes(2, 100));
            refused(Errno.EBADF, stream.finish(0));
            refused(Errno.EBADF, () -> stream.beginPages(new long[1], 1));
            stream.discard();
            assertThat(streams.peek("a")).isEqualTo(bytes(2, 100));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void answersEbadfOnALoadStreamThatIsOverAndSparesALaterNode() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("a", bytes(1, 100));
            LoadStream stream = streams.openLoad("a", false);
            long sequence = stream.info().sequence();
            await(stream.finish(sequence));
            streams.save("a", bytes(2, 100));
            refused(Errno.EBADF, stream.read(0, 1));
            refused(Errno.EBADF, stream.finish(sequence));
            refused(Errno.EBADF, stream.report(0));
            stream.abort();
            LoadStream aborted = streams.openLoad("a", false);
            aborted.abort();
            aborted.abort();
            refused(Errno.EBADF, aborted.finish(aborted.info().sequence()));
            assertThat(streams.consume("a")).isEqualTo(bytes(2, 100));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void answersEinvalWhenAPeekIsFinishedAndKeepsIt() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("a", bytes(1, 100));
            LoadStream peek = streams.openLoad("a", true);
            refused(Errno.EINVAL, peek.finish(peek.info().sequence()));
            assertThat(streams.readAll(peek)).isEqualTo(bytes(1, 100));
            peek.abort();
        }
    }

    @Test
    void answersEstaleForAnotherSequenceAndKeepsTheStream() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            long sequence = streams.save("a", bytes(1, 100));
            LoadStream stream = streams.openLoad("a", false);
            refused(Errno.ESTALE, stream.finish(sequence + 1));
            refused(Errno.ESTALE, stream.finish(0));
            assertThat(streams.readAll(stream)).isEqualTo(bytes(1, 100));
            assertThat(await(stream.finish(sequence))).isEqualTo(sequence);
        }
    }

    @Test
    void removesOnlyTheSequenceThatWasNamed() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long first = fixture.streams().save("a", bytes(1, 100));
            refused(Errno.ESTALE, fixture.store().remove("a", first + 1));
            assertThat(await(fixture.store().remove("a", first))).isEqualTo(first);
            // a finish that is repeated on another connection
            refused(Errno.ENOENT, fixture.store().remove("a", first));
            long second = fixture.streams().save("a", bytes(2, 100));
            refused(Errno.ESTALE, fixture.store().remove("a", first));
            assertThat(await(fixture.store().stat("a")).sequence()).isEqualTo(second);
        }
    }

    @Test
    void consumesOnceWhenFinishIsRepeatedAtOnce() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (int round = 0; round < 100; round++) {
                fixture.streams().save("a", bytes(round, 100));
                LoadStream stream = fixture.streams().openLoad("a", false);
                long sequence = stream.info().sequence();
                CompletableFuture<Long> first = stream.finish(sequence);
                CompletableFuture<Long> second = stream.finish(sequence);
                assertThat(await(first)).isEqualTo(sequence);
                assertThat(second).isCompletedExceptionally();
            }
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void refusesPagesBeforeTheEarlierPacketIsWhole() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            SaveStream stream = fixture.streams().open(request("a", NodeType.PAGE));
            stream.beginPages(new long[2], 2);
            refused(Errno.EINVAL, () -> stream.beginPages(new long[1], 1));
            stream.discard();
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void refusesToLoadAQuarantinedNodeByItsFrame() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            LoadRequest request = new LoadRequest("", 77, Optional.empty(), true, Map.of(), 0);
            refused(Errno.EINVAL, fixture.store().openLoad(request));
        }
    }

    @Test
    void refusesAReportOfAPageThatIsNotThere() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save("a", bytes(1, 100));
            LoadStream stream = fixture.streams().openLoad("a", false);
            refused(Errno.EINVAL, stream.report(1));
            refused(Errno.EINVAL, stream.report(-1));
            BadPage good = await(stream.report(0));
            assertThat(good.agreed()).isFalse();
            assertThat(good.storedCsum()).isEqualTo(good.actualCsum());
            stream.abort();
            assertThat(fixture.streams().consume("a")).isEqualTo(bytes(1, 100));
        }
    }
}
