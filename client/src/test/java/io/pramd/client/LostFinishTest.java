package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A finish that was never sent has not happened, however long the daemon stays away. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LostFinishTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Of a daemon that does not come back. */
    private static final Duration IN_VAIN = Duration.ofMillis(300);

    private final AtomicInteger lost = new AtomicInteger();
    private final FakeDaemon daemon = new FakeDaemon();
    private PramClient client;

    private void connect(Duration retryFor) {
        PramConfig config = PramConfig.defaults().withRetryFor(retryFor).withListener(new Watch());
        client = PramClient.connect(daemon.uri(), config);
    }

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 1 << 20})
    void ofASaveIsNotSent(int bytes) {
        connect(IN_VAIN);
        SaveStream save = client.openSave("n");
        save.write(ByteBuffer.allocateDirect(bytes));
        cut(daemon::close);
        assertThatThrownBy(save::finish).isInstanceOf(NotSentException.class);
    }

    @Test
    void ofALoadIsNotSent() {
        connect(IN_VAIN);
        client.save("n", new byte[10]);
        try (LoadStream load = client.openLoad("n")) {
            load.readAllBytes();
            cut(daemon::close);
            assertThatThrownBy(load::finish).isInstanceOf(NotSentException.class);
        }
    }

    @Test
    void ofALoadIsRejectedWhenAnotherHasTheNode() {
        connect(PATIENCE);
        client.save("n", new byte[10]);
        try (LoadStream load = client.openLoad("n")) {
            load.readAllBytes();
            cut(daemon::cutConnections);
            daemon.awaitState("n", NodeState.READY);
            client.load("n", LoadStream::readAllBytes);
            assertThatThrownBy(load::finish)
                    .isInstanceOfSatisfying(
                            RejectedException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.ESTALE));
        }
    }

    @Test
    void ofALoadWaitsUntilTheDaemonHasNoticedTheLoss() throws InterruptedException {
        connect(PATIENCE);
        client.save("n", new byte[10]);
        try (LoadStream load = client.openLoad("n")) {
            load.readAllBytes();
            daemon.faults().noticeNoLoss();
            cut(daemon::cutConnections);
            Thread later = new Thread(daemon.faults()::noticeLosses);
            later.start();
            load.finish();
            later.join();
        }
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    void ofALoadIsUnknownWhenTheSecondRequestIsLostToo() {
        connect(PATIENCE);
        client.save("n", new byte[10]);
        try (LoadStream load = client.openLoad("n")) {
            load.readAllBytes();
            daemon.cutBefore(MessageType.FINISH_LOAD);
            daemon.cutAfter(MessageType.REMOVE);
            assertThatThrownBy(load::finish).isInstanceOf(OutcomeUnknownException.class);
        }
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    void ofALoadThatCouldNotBeReadGivesTheNodeBack() {
        connect(PATIENCE);
        client.save("n", new byte[10]);
        daemon.find("n").orElseThrow().damage(0);
        StreamReader<Void, RuntimeException> deaf =
                in -> {
                    assertThatThrownBy(in::readAllBytes).isInstanceOf(RejectedException.class);
                    return null;
                };
        assertThatThrownBy(() -> client.load("n", deaf)).isInstanceOf(RejectedException.class);
        daemon.awaitState("n", NodeState.READY);
    }

    /** Returns when the client has noticed the end of all its connections. */
    private void cut(Runnable cut) {
        int open = daemon.connectionCount();
        cut.run();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (lost.get() < open) {
            assertThat(System.nanoTime()).as("lost=%s open=%s", lost, open).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /** Thread-safe. */
    private final class Watch implements PramListener {
        @Override
        public void lost(PramUri uri, String reason) {
            lost.incrementAndGet();
        }
    }
}
