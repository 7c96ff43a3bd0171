package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.State;
import io.pramd.protocol.Discard;
import io.pramd.protocol.Discarded;
import io.pramd.protocol.Durability;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.GoingAway;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Pong;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.Welcome;
import io.pramd.protocol.WireLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a server, and its connections, come to their end. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServerEndTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path folder;
    private StoreFixture fixture;
    private Server server;
    private ListenAddress address;

    @AfterEach
    void stop() {
        server.close();
        if (Boolean.TRUE.equals(fixture.store().info().get("recovery.complete"))) {
            fixture.close();
        } else {
            fixture.kill();
        }
    }

    @Test
    void drainEndsIdleConnectionsAtOnce() throws Exception {
        serve();
        try (SocketClient idle = SocketClient.simple(address)) {
            CompletableFuture<Integer> drained = drain(LONG);
            assertThat(idle.nextError(0, Errno.EAGAIN).closing()).isTrue();
            idle.expectEnd();
            idle.hangUp();
            assertThat(drained.get()).isZero();
            assertThatThrownBy(() -> new SocketClient(address)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void drainLetsAnOpenSaveFinishAndOpensNoOther() throws Exception {
        serve();
        try (SocketClient client = SocketClient.simple(address)) {
            client.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
            client.next(1, SaveOpened.class);
            CompletableFuture<Integer> drained = drain(LONG);
            awaitRefusal(client);
            client.send(
                    ClientBytes.of()
                            .message(90_001, ClientBytes.load("none"))
                            .pages(1, ClientBytes.page(1))
                            .message(1, new FinishSave(WireLimits.PAGE_BYTES)));
            assertThat(client.nextError(90_001, Errno.EAGAIN).text()).contains("draining");
            client.next(1, Saved.class);
            client.nextError(0, Errno.EAGAIN);
            client.expectEnd();
            client.hangUp();
            assertThat(drained.get()).isZero();
        }
        assertThat(fixture.streams().peek("a")).isEqualTo(ClientBytes.page(1));
    }

    @Test
    void whatIsOnItsWayAtTheLastWordIsNotCarriedOut() throws Exception {
        serve();
        fixture.streams().save("a", ClientBytes.page(1));
        byte[] removal = ClientBytes.of().message(1, new RemoveNode(0, 0, "a")).bytes();
        byte[] most = Arrays.copyOf(removal, removal.length - 1);
        try (SocketClient client = SocketClient.greeted(address)) {
            client.send(ClientBytes.of().raw(most));
            CompletableFuture<Integer> drained = drain(LONG);
            client.next(0, GoingAway.class);
            client.nextError(0, Errno.EAGAIN);
            client.send(ClientBytes.of().raw(removal[removal.length - 1]));
            client.expectEnd();
            client.hangUp();
            assertThat(drained.get()).isZero();
        }
        assertThat(fixture.streams().peek("a")).isEqualTo(ClientBytes.page(1));
    }

    @Test
    void drainClosesWhatIsLeftAtItsEnd() throws Exception {
        serve();
        try (SocketClient client = SocketClient.simple(address)) {
            client.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
            client.next(1, SaveOpened.class);
            CompletableFuture<Integer> drained = drain(Duration.ofMillis(100));
            assertThat(client.nextError(0, Errno.EAGAIN).closing()).isTrue();
            client.expectEnd();
            client.hangUp();
            assertThat(drained.get()).isEqualTo(1);
        }
        server.close();
        assertThat(fixture.info("nodes.saving")).isZero();
    }

    @Test
    void closeEndsEverythingAndMayBeRepeated() throws Exception {
        serve();
        try (SocketClient client = SocketClient.greeted(address)) {
            client.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.prepareSave("a"))
                            .pages(1, ClientBytes.page(1)));
            client.next(1, SaveOpened.class);
            server.close();
            server.close();
            client.awaitEnd();
        }
        assertThat(fixture.info("nodes.saving")).isZero();
    }

    private void failStore() {
        fixture.store().fail(StoreException.outcomeUnknown("force failed: file=x"));
    }

    @Test
    void aStoreThatFailsRefusesTheChangesThatWaitForTheWalk() throws Exception {
        serveWithoutWalk();
        try (SocketClient client = SocketClient.greeted(address)) {
            client.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.prepareSave("a"))
                            .message(2, new RemoveNode(0, 0, "b"))
                            .message(4, new Ping()));
            client.next(4, Pong.class);
            failStore();
            ErrorReply save = client.nextError(1, Errno.EROFS);
            assertThat(MessageType.of(save.answersNumber())).isEqualTo(MessageType.PREPARE_SAVE);
            assertThat(save.text()).contains("force failed: file=x");
            client.nextError(2, Errno.EROFS);
            client.send(ClientBytes.of().message(5, new Ping()));
            client.next(5, Pong.class);
        }
    }

    @Test
    void aStoreThatFailsGoesOnReadOnly() throws Exception {
        serve();
        fixture.streams().save("b", new byte[10]);
        try (SocketClient client = SocketClient.greeted(address)) {
            client.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
            client.next(1, SaveOpened.class);
            failStore();
            client.send(
                    ClientBytes.of()
                            .pages(1, ClientBytes.page(1))
                            .message(1, new FinishSave(WireLimits.PAGE_BYTES)));
            assertThat(client.nextError(1, Errno.EROFS).outcomeUnknown()).isFalse();
            client.send(ClientBytes.of().save(2, "c", ClientBytes.page(2)));
            client.nextError(2, Errno.EROFS);
            client.nextError(2, Errno.EROFS);
            client.send(ClientBytes.of().message(3, new RemoveNode(0, 0, "b")));
            client.nextError(3, Errno.EROFS);
            client.send(ClientBytes.of().message(4, ClientBytes.load("b")));
            long sequence = client.next(4, LoadOpened.class).node().sequence();
            client.send(ClientBytes.of().message(5, ClientBytes.load("b")));
            client.next(5, LoadOpened.class);
            client.send(ClientBytes.of().message(4, new FinishLoad(sequence)));
            client.nextError(4, Errno.EROFS);
        }
    }

    @Test
    void aPrepareThatTheWalkKeepsWaitingGetsPatienceAtItsDeadline() throws Exception {
        serveWithoutWalk();
        PrepareSave hurried =
                new PrepareSave(
                        StreamType.PAGE,
                        false,
                        Durability.PROCESS,
                        1,
                        SaveId.NONE,
                        PrepareSave.BYTES_UNKNOWN,
                        0,
                        "a",
                        Map.of(),
                        Optional.empty());
        try (SocketClient client = SocketClient.greeted(address)) {
            client.send(
                    ClientBytes.of()
                            .message(1, hurried)
                            .pages(1, ClientBytes.page(1))
                            .message(1, new FinishSave(WireLimits.PAGE_BYTES)));
            assertThat(client.nextError(1, Errno.EAGAIN).retryAfterMillis()).isPositive();
            client.nextError(1, Errno.EAGAIN);
        }
    }

    /** All that is to come in time goes in one write: a busy machine may stop between two. */
    @Test
    void aSilentConnectionIsClosedAndItsNameIsFree() throws Exception {
        serve(idleAfter(200));
        ClientBytes save = ClientBytes.greeting().message(1, ClientBytes.prepareSave("a"));
        try (SocketClient silent = new SocketClient(address)) {
            silent.send(save);
            silent.next(0, Welcome.class);
            silent.next(1, SaveOpened.class);
            silent.expectEnd();
            try (SocketClient client = new SocketClient(address)) {
                client.send(save);
                client.next(0, Welcome.class);
                client.next(1, SaveOpened.class);
            }
        }
    }

    @Test
    void aLoaderThatStopsReadingIsClosedAndItsNodeIsReady() throws Exception {
        serve(idleAfter(300));
        fixture.streams().save("a", new byte[24 << 20]);
        ClientBytes load =
                ClientBytes.greeting()
                        .message(1, ClientBytes.load("a"))
                        .message(1, new ReadPages(0, 6 << 10));
        try (SocketClient stalled = new SocketClient(address, 64 << 10)) {
            stalled.send(load);
            stalled.next(0, Welcome.class);
            stalled.next(1, LoadOpened.class);
            Await.until("the node is given back", () -> state("a") == State.READY);
        }
    }

    private State state(String name) {
        return fixture.store().stat(name).join().state();
    }

    @Test
    void aSaverThatGoesWhileTheWalkKeepsItWaitingLeavesNothingOpen() throws Exception {
        serveWithoutWalk();
        try (SocketClient saver = SocketClient.greeted(address);
                SocketClient other = SocketClient.greeted(address)) {
            saver.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.prepareSave("a"))
                            .pages(1, ClientBytes.pagesFrom(1, 300)));
            saver.hangUp();
            fixture.opened().recover();
            for (long id = 1; ; id++) {
                other.send(ClientBytes.of().message(id, ClientBytes.prepareSave("a")));
                if (other.next().message() instanceof SaveOpened) {
                    return;
                }
            }
        }
    }

    @Test
    void aCrowdIsRefusedAndTheGuestsNoticeNothing() throws Exception {
        int guestsMax = 10;
        serve(connectionsUpTo(guestsMax));
        List<SocketClient> guests = new ArrayList<>();
        try {
            for (int i = 0; i < guestsMax; i++) {
                guests.add(SocketClient.greeted(address));
            }
            for (int i = 0; i < 5 * guestsMax; i++) {
                try (SocketClient refused = new SocketClient(address)) {
                    refused.awaitEnd(); // with an error packet, or in a great crowd without
                }
            }
            for (SocketClient guest : guests) {
                guest.send(ClientBytes.of().message(1, new Ping()));
                guest.next(1, Pong.class);
            }
        } finally {
            for (SocketClient guest : guests) {
                guest.close();
            }
        }
    }

    private static ServerLimits connectionsUpTo(int connectionsMax) {
        ServerLimits usual = ServerLimits.defaults();
        return new ServerLimits(
                usual.packetBytesMax(),
                usual.streamsMax(),
                usual.requestsMax(),
                connectionsMax,
                usual.readsQueuedMax(),
                usual.failedSavesMax(),
                usual.answerBytesQueuedMax(),
                usual.idleMillis(),
                usual.handshakeMillis(),
                0,
                usual.lingerMillis());
    }

    private void serve() {
        serve(ServerLimits.defaults());
    }

    private void serve(ServerLimits limits) {
        fixture = StoreFixture.format(folder.resolve("memory"), 64L << 20, How.THREADED);
        start(limits);
    }

    private void serveWithoutWalk() {
        Path file = folder.resolve("memory");
        StoreFixture.format(file).close();
        fixture = StoreFixture.openWithoutWalk(file, How.THREADED);
        start(ServerLimits.defaults());
    }

    private void start(ServerLimits limits) {
        server =
                Server.start(
                        ServerConfig.of(
                                        fixture.store(),
                                        List.of(ListenAddress.parse("pram://127.0.0.1:0")),
                                        "pramd test")
                                .withLimits(limits));
        address = server.addresses().getFirst();
    }

    private static ServerLimits idleAfter(long idleMillis) {
        ServerLimits usual = ServerLimits.defaults();
        return new ServerLimits(
                usual.packetBytesMax(),
                usual.streamsMax(),
                usual.requestsMax(),
                usual.connectionsMax(),
                usual.readsQueuedMax(),
                usual.failedSavesMax(),
                usual.answerBytesQueuedMax(),
                idleMillis,
                usual.handshakeMillis(),
                0,
                usual.lingerMillis());
    }

    private CompletableFuture<Integer> drain(Duration limit) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return server.drain(limit);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    /** The draining begins on another thread: it has when a prepare is refused. */
    private static void awaitRefusal(SocketClient client) throws IOException {
        for (long id = 2; ; id++) {
            client.send(ClientBytes.of().message(id, ClientBytes.prepareSave("b")));
            if (client.next().message() instanceof ErrorReply error) {
                assertThat(error.text()).contains("draining");
                return;
            }
            client.send(ClientBytes.of().message(id, new Discard()));
            client.next(id, Discarded.class);
        }
    }
}
