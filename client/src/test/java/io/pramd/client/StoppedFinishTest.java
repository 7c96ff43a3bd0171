package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeState;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has been told to stop before the finish sends none: the node stays, a save is discarded. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoppedFinishTest {
    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client = PramClient.connect(daemon.uri());

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCancelledLoadLeavesTheNode(boolean swallows) {
        client.save("n", new byte[5000]);
        Held held = new Held(swallows);
        CompletableFuture<byte[]> load = client.async().load("n", held::read);
        held.awaitBegun();
        load.cancel(true);
        held.awaitEnded();
        assertLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLoadOfWhatMayNotBeThereDoesTheSame(boolean swallows) {
        client.save("n", new byte[5000]);
        Held held = new Held(swallows);
        CompletableFuture<?> load = client.async().findLoad("n", held::read);
        held.awaitBegun();
        load.complete(null);
        held.awaitEnded();
        assertLeft();
    }

    @Test
    void aLoadThatTimesOutLeavesTheNode() {
        client.save("n", new byte[5000]);
        Held held = new Held(false);
        CompletableFuture<byte[]> load = client.async().load("n", held::read);
        held.awaitBegun();
        load.orTimeout(1, TimeUnit.MILLISECONDS);
        assertThatThrownBy(load::join).hasCauseInstanceOf(TimeoutException.class);
        held.awaitEnded();
        assertLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCancelledSaveIsDiscarded(boolean swallows) {
        Held held = new Held(swallows);
        CompletableFuture<Long> save = client.async().save("n", out -> held.hold());
        held.awaitBegun();
        save.cancel(true);
        held.awaitEnded();
        daemon.awaitGone("n");
        assertThat(daemon.faults().hasHeard(MessageType.FINISH_SAVE)).isFalse();
        assertThat(daemon.faults().hasHeard(MessageType.DISCARD)).isTrue();
    }

    @Test
    void aLoadFinishedByAnInterruptedThreadLeavesTheNode() {
        client.save("n", new byte[5000]);
        try (LoadStream load = client.openLoad("n")) {
            load.readAllBytes();
            Thread.currentThread().interrupt();
            assertNotSentAndStillInterrupted(load::finish);
        }
        assertLeft();
        assertThat(client.load("n", LoadStream::readAllBytes)).hasSize(5000);
    }

    /** Nothing, what waits for the finish, and what has been sent from where it is. */
    @ParameterizedTest
    @ValueSource(ints = {0, 10, 1 << 20})
    void aSaveFinishedByAnInterruptedThreadIsDiscarded(int bytes) {
        try (SaveStream save = client.openSave("n")) {
            save.write(ByteBuffer.allocateDirect(bytes));
            Thread.currentThread().interrupt();
            assertNotSentAndStillInterrupted(save::finish);
        }
        daemon.awaitGone("n");
        assertThat(daemon.faults().hasHeard(MessageType.FINISH_SAVE)).isFalse();
    }

    private static void assertNotSentAndStillInterrupted(Runnable finish) {
        assertThatThrownBy(finish::run)
                .isInstanceOfSatisfying(
                        NotSentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN))
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    private void assertLeft() {
        daemon.awaitState("n", NodeState.READY);
        assertThat(daemon.faults().hasHeard(MessageType.FINISH_LOAD)).isFalse();
        assertThat(daemon.faults().hasHeard(MessageType.ABORT)).isTrue();
    }

    /** Thread-safe: holds a reader or writer until its thread has been interrupted. */
    private static final class Held {
        private final boolean swallows;
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);

        /**
         * @param swallows the interrupt, as one who waits for something and minds no end of it
         */
        Held(boolean swallows) {
            this.swallows = swallows;
        }

        byte[] read(LoadStream in) {
            byte[] bytes = in.readAllBytes();
            hold();
            return bytes;
        }

        void hold() {
            begun.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
            }
            if (swallows) {
                Thread.interrupted();
            }
            ended.countDown();
        }

        void awaitBegun() {
            await(begun);
        }

        void awaitEnded() {
            await(ended);
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
