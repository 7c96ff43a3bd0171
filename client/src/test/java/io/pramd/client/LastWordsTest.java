package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.pramd.client.fixture.FakeDaemon;
import io.pramd.client.fixture.TestTls;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.Ping;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a daemon says at its end is heard, also when nothing gets through to it any more. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LastWordsTest {
    private static final Call CALL = new Call("save", "n", Duration.ofSeconds(20), Deadline.NEVER);
    private static final int PACKETS_BYTES = 1 << 20;
    private static final int TOO_MANY = 64;

    @TempDir private Path folder;
    private final FakeDaemon daemon = new FakeDaemon();

    @AfterEach
    void close() {
        daemon.close();
    }

    /**
     * The daemon's socket is closed over bytes that nobody read, which resets it: the packet that
     * waits for room fails then, and that is tried before what has arrived is read.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void areReadAfterAWriteThatFails(boolean isEncrypted) throws Exception {
        Connector connector = connector(isEncrypted);
        try {
            Connection connection = connector.connect(CALL);
            Exchange exchange = new Exchange();
            daemon.ignore(MessageType.PING);
            CompletableFuture<Message> answer = connection.request(new Ping(), exchange);
            daemon.read(false);
            CompletableFuture<Boolean> isSent = sendTooMuch(connection, exchange);

            connection.onLoop(this::endAll);

            assertThat(catchThrowable(answer::join)).hasStackTraceContaining("EACCES: taken away");
            assertThat(isSent.join()).isFalse();
        } finally {
            connector.close();
        }
    }

    private Connector connector(boolean isEncrypted) throws IOException {
        PramConfig config = PramConfig.defaults();
        String uri = daemon.uri();
        if (isEncrypted) {
            TestTls authority = new TestTls();
            daemon.gate().useTls(authority.server(authority.ofThisMachine()));
            Path trust = authority.writeTrust(folder.resolve("trust.pem"));
            config = config.withTls(PramTls.defaults().withTrust(trust));
            uri = uri.replace("pram://", "prams://");
        }
        PramUri parsed = PramUri.parse(uri);
        Listeners listeners = new Listeners(parsed, PramListener.NONE);
        return new Connector(parsed, config, listeners, new Departure(listeners));
    }

    /** Far more than fits in sockets; returns whether the last were sent. */
    private static CompletableFuture<Boolean> sendTooMuch(
            Connection connection, Exchange exchange) {
        ByteBuf pings = Unpooled.directBuffer(PACKETS_BYTES);
        while (pings.readableBytes() < PACKETS_BYTES) {
            MessageCodec.write(pings, 1, new Ping());
        }
        for (int i = 0; i < TOO_MANY; i++) {
            connection.send(pings.retainedDuplicate(), exchange);
        }
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        connection.send(pings, exchange).addListener(future -> sent.complete(future.isSuccess()));
        return sent;
    }

    /** While this runs on the client's loop, the client neither writes nor reads. */
    private void endAll() {
        daemon.endConnections(Errno.EACCES, "taken away");
        while (daemon.connectionCount() > 0) {
            Thread.onSpinWait(); // up to the timeout of the test
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200)); // until the socket is reset
    }

    /** Nothing can be sent over it. */
    private Connection over(EmbeddedChannel channel) {
        Listeners listeners = new Listeners(PramUri.parse(daemon.uri()), PramListener.NONE);
        Connection connection = new Connection(channel, listeners, new Departure(listeners));
        channel.pipeline().addLast(new ConnectionHandler(connection));
        channel.pipeline().fireUserEventTriggered(ChannelOutputShutdownEvent.INSTANCE);
        return connection;
    }

    /** Else a finish is taken for sent, and what certainly did not happen for unknown. */
    @Test
    void areWaitedForByWhoWouldSendAFinish() {
        Connection connection = over(new EmbeddedChannel());

        CompletableFuture<Throwable> finish =
                CompletableFuture.supplyAsync(
                        () -> catchThrowable(() -> connection.requireNotLost(CALL)));
        assertThat(catchThrowable(() -> finish.get(200, TimeUnit.MILLISECONDS)))
                .isInstanceOf(TimeoutException.class);
        connection.lose(new ConnectionLost("the last words", null));

        assertThat(finish.join())
                .isInstanceOf(NotSentException.class)
                .hasMessageContaining("the last words");
    }

    @Test
    void areNotWaitedForForever() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        Connection connection = over(channel);

        assertThat(connection.isRetired()).isTrue();
        channel.advanceTimeBy(999, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(connection.isLost()).isFalse();
        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(connection.isLost()).isTrue();
        assertThat(catchThrowable(() -> connection.requireNotLost(CALL)))
                .isInstanceOf(NotSentException.class)
                .hasMessageContaining("nothing can be sent any more");
    }
}
