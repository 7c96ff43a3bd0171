package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.client.fixture.StandStill;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Behind its deadline a call begins nothing: it says that it has not happened, and it has not. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeadlineTest {
    private static final Duration SOON = Duration.ofMillis(200);

    /** Until then all goes well, connecting included. */
    private static final Duration LATER = Duration.ofSeconds(1);

    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client = PramClient.connect(daemon.uri());

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @Test
    void aLoadThatIsReadTooLateLeavesTheNode() {
        client.save("n", new byte[10]);
        LoadOptions options = LoadOptions.defaults().withDeadline(LATER);
        StreamReader<byte[], RuntimeException> late =
                in -> {
                    byte[] bytes = in.readAllBytes();
                    pass(LATER);
                    return bytes;
                };
        assertTimedOut(() -> client.load("n", options, late));
        daemon.awaitState("n", NodeState.READY);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 1 << 20})
    void aSaveThatIsWrittenTooLateIsDiscarded(int bytes) {
        Duration soon = SOON;
        while (!isFinishedTooLate(bytes, soon)) {
            soon = soon.multipliedBy(2);
        }
    }

    /** False: the machine was so busy that it was too late before. */
    private boolean isFinishedTooLate(int bytes, Duration soon) {
        try (SaveStream save = client.openSave("n", SaveOptions.defaults().withDeadline(soon))) {
            save.write(ByteBuffer.allocateDirect(bytes));
            pass(soon);
            assertTimedOut(save::finish);
            return true;
        } catch (NotSentException e) {
            assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT);
            return false;
        } finally {
            daemon.awaitGone("n");
        }
    }

    @Test
    void aHandshakeTakesNoLongerThanTheCallMay() throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        try (ServerSocket silent = new ServerSocket(0, 10, here);
                PramClient waiting =
                        PramClient.lazy(
                                "pram://127.0.0.1:" + silent.getLocalPort(),
                                PramConfig.defaults())) {
            Duration took = SOON.multipliedBy(8);
            while (took.compareTo(SOON.multipliedBy(8)) >= 0) {
                try (StandStill still = new StandStill()) {
                    took = timeOfASaveInVain(waiting);
                    if (!still.wasSeen()) {
                        assertThat(took).isLessThan(SOON.multipliedBy(8));
                    }
                }
            }
        }
    }

    private static Duration timeOfASaveInVain(PramClient waiting) {
        long begin = System.nanoTime();
        SaveOptions soon = SaveOptions.defaults().withDeadline(SOON);
        assertThatThrownBy(() -> waiting.save("n", soon, new byte[10]))
                .isInstanceOfSatisfying(
                        NotSentException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT));
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Test
    void whoTakesAConnectionAndSaysNothingIsGivenUp() throws IOException {
        PramConfig hasty = PramConfig.defaults().withConnect(SOON).withNoProgress(SOON);
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            String uri = "pram://127.0.0.1:" + silent.getLocalPort();
            assertThatThrownBy(() -> PramClient.connect(uri, hasty))
                    .isInstanceOfSatisfying(
                            NotSentException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT))
                    .hasMessageStartingWith("cannot connect to " + uri + ": connected, and not");
        }
    }

    /** It may only have been restarting: who is given the time finds it. */
    @Test
    void whoIsNotGreetedTriesAgain() throws Exception {
        PramConfig hasty =
                PramConfig.defaults()
                        .withConnect(SOON)
                        .withNoProgress(SOON)
                        .withRetryFor(Duration.ofSeconds(60));
        CompletableFuture<Void> asked;
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                PramClient waiting =
                        PramClient.lazy("pram://127.0.0.1:" + silent.getLocalPort(), hasty)) {
            silent.setSoTimeout(60_000);
            asked = CompletableFuture.runAsync(() -> waiting.find("n"));
            try (Socket first = silent.accept();
                    Socket second = silent.accept()) {
                assertThat(first.getPort()).isNotEqualTo(second.getPort());
                assertThat(asked).isNotDone();
            }
        }
        assertThat(asked).failsWithin(Duration.ofSeconds(60));
    }

    @Test
    void whoIsRefusedUntilTheDeadlineIsToldThatThereIsNoDaemon() {
        daemon.close();
        try (PramClient waiting = PramClient.lazy(daemon.uri(), PramConfig.defaults())) {
            SaveOptions soon = SaveOptions.defaults().withDeadline(SOON);
            assertThatThrownBy(() -> waiting.save("n", soon, new byte[10]))
                    .isInstanceOfSatisfying(
                            NotSentException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN));
        }
    }

    @Test
    void timesWithoutAnEndAreTaken() {
        PramConfig patient =
                PramConfig.defaults()
                        .withConnect(FOR_EVER)
                        .withConnectWait(FOR_EVER)
                        .withNoProgress(FOR_EVER)
                        .withRetryFor(FOR_EVER);
        SaveOptions save = SaveOptions.defaults().withDeadline(FOR_EVER);
        LoadOptions load = LoadOptions.defaults().withDeadline(FOR_EVER).withWaitFor(FOR_EVER);
        try (PramClient waiting = PramClient.connect(daemon.uri(), patient)) {
            waiting.save("n", save, new byte[10]);
            assertThat(waiting.load("n", load, LoadStream::readAllBytes)).hasSize(10);
            waiting.save("n", new byte[10]);
            assertThat(waiting.remove("n")).isPositive();
        }
    }

    private static void assertTimedOut(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        NotSentException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT))
                .hasMessageContaining("the deadline has passed");
    }

    @Test
    void ofTwoOneIsEarlierAndTheOtherLater() {
        Deadline soon = Deadline.in(Duration.ofSeconds(1));
        Deadline late = Deadline.in(Duration.ofHours(1));
        assertThat(soon.orEarlier(late)).isSameAs(late.orEarlier(soon)).isSameAs(soon);
        assertThat(soon.orLater(late)).isSameAs(late.orLater(soon)).isSameAs(late);
        assertThat(late.orLater(Deadline.NEVER)).isSameAs(Deadline.NEVER);
    }

    private static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() <= end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
