package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was open when the client was closed did not happen, and says so; trying again is no use. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClosedClientTest {
    /** As many as one packet has. */
    private static final int BATCH_BYTES = 1 << 20;

    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client = PramClient.connect(daemon.uri());

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    /** Nothing, what waits for the finish, and what has been sent from where it is. */
    @ParameterizedTest
    @ValueSource(ints = {0, 10, 1 << 20})
    void aSaveCannotBeFinished(int bytes) {
        SaveStream save = client.openSave("n");
        save.write(ByteBuffer.allocateDirect(bytes));
        client.close();
        assertClosed(catchThrowable(save::finish));
        daemon.awaitGone("n");
    }

    /** Often: whether the stream had heard of the end already was chance. */
    @RepeatedTest(10)
    void aLoadCannotBeFinished() {
        client.save("n", new byte[10]);
        LoadStream load = client.openLoad("n");
        load.readAllBytes();
        client.close();
        assertClosed(catchThrowable(load::finish));
        daemon.awaitState("n", NodeState.READY);
    }

    /** What has come already is not read on. */
    @Test
    void aPeekCannotBeReadOn() throws IOException {
        int length = 32 << 20;
        client.save("n", new byte[length]);
        try (PeekStream peek = client.openPeek("n")) {
            assertThat(peek.readNBytes(length / 4)).hasSize(length / 4);
            client.close();
            ByteBuffer rest = ByteBuffer.allocate(length);
            assertClosed(
                    catchThrowable(
                            () -> {
                                while (peek.read(rest) >= 0) {
                                    assertThat(rest.position()).isLessThanOrEqualTo(BATCH_BYTES);
                                }
                            }));
        }
    }

    @Test
    void aReaderThatClosesTheClientDoesNotConsume() {
        client.save("n", new byte[10]);
        StreamReader<byte[], RuntimeException> closing =
                in -> {
                    byte[] all = in.readAllBytes();
                    client.close();
                    return all;
                };
        assertClosed(catchThrowable(() -> client.load("n", closing)));
        daemon.awaitState("n", NodeState.READY);
    }

    @Test
    void aWriterCannotGoOn() {
        StreamWriter<RuntimeException> closing =
                out -> {
                    client.close();
                    while (true) {
                        out.write(new byte[1 << 20], 0, 1 << 20);
                    }
                };
        assertClosed(catchThrowable(() -> client.save("n", closing)));
        daemon.awaitGone("n");
    }

    @Test
    void anAsynchronousCallThatWaitsEnds() {
        daemon.ignore(MessageType.PREPARE_LOAD);
        CompletableFuture<byte[]> load = client.async().load("n", LoadStream::readAllBytes);
        awaitHeard(MessageType.PREPARE_LOAD);
        client.close();
        assertClosed(failure(load));
    }

    /** Without another attempt, which would find the client closed. */
    @Test
    void aCallThatIsStillConnectingEnds() {
        PramConfig once = PramConfig.defaults().withRetryFor(Duration.ZERO);
        PramClient impatient = PramClient.connect(daemon.uri(), once);
        daemon.holdGreetings();
        int connections = daemon.connectionCount();
        CompletableFuture<Throwable> failure =
                CompletableFuture.supplyAsync(
                        () -> catchThrowable(() -> impatient.save("n", new byte[10])));
        awaitMore(connections);
        impatient.close();
        assertClosed(failure.join());
    }

    @Test
    void anAsynchronousReaderThatIsInterruptedDoesNotConsume() throws InterruptedException {
        client.save("n", new byte[10]);
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<byte[]> load =
                client.async()
                        .load(
                                "n",
                                in -> {
                                    byte[] all = in.readAllBytes();
                                    begun.countDown();
                                    while (!Thread.currentThread().isInterrupted()) {
                                        LockSupport.park();
                                    }
                                    return all;
                                });
        begun.await();
        client.close();
        assertClosed(failure(load));
        daemon.awaitState("n", NodeState.READY);
    }

    private void awaitHeard(MessageType type) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!daemon.faults().hasHeard(type)) {
            assertThat(System.nanoTime()).as("no %s", type).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private void awaitMore(int connections) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (daemon.connectionCount() <= connections) {
            assertThat(System.nanoTime()).as("nobody connects").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static Throwable failure(CompletableFuture<?> call) {
        Throwable failure = catchThrowable(() -> call.get(10, TimeUnit.SECONDS));
        assertThat(failure).isInstanceOf(ExecutionException.class);
        return failure.getCause();
    }

    private static void assertClosed(Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        NotSentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF))
                .hasMessageContaining("the client is closed");
    }
}
