package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.Aborted;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ABORT in one write with PREPARE_LOAD: behind ABORTED the node is free for everybody. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AbortBehindPrepareTest {
    private static final int ROUNDS = 1000;

    @TempDir Path folder;
    private StoreFixture fixture;
    private Server server;
    private SocketClient hasty;
    private SocketClient other;

    @BeforeEach
    void serve() throws IOException {
        fixture = StoreFixture.format(folder.resolve("memory"), 64L << 20, How.THREADED);
        fixture.streams().save("a", new byte[10]);
        server =
                Server.start(
                        ServerConfig.of(
                                fixture.store(),
                                List.of(ListenAddress.parse("pram://127.0.0.1:0")),
                                "pramd test"));
        hasty = SocketClient.greeted(server.addresses().getFirst());
        other = SocketClient.greeted(server.addresses().getFirst());
    }

    @AfterEach
    void stop() throws IOException {
        hasty.close();
        other.close();
        server.close();
        fixture.close();
    }

    @Test
    void aLoadThatDoesNotWaitIsOpenedAndGivenBack() throws IOException {
        for (long id = 1; id <= ROUNDS; id++) {
            abortAtOnce(id, ClientBytes.load("a"));
            hasty.next(id, LoadOpened.class);
            hasty.next(id, Aborted.class);
            requireFree(id);
        }
    }

    @Test
    void aLoadThatWouldWaitIsOpenedOrNotAndGivenBack() throws IOException {
        for (long id = 1; id <= ROUNDS; id++) {
            abortAtOnce(id, ClientBytes.loadWaiting("a", 60_000));
            Message first = hasty.next().message();
            if (first instanceof ErrorReply error) {
                assertThat(error.errno()).isEqualTo(Errno.EAGAIN);
                assertThat(error.retryAfterMillis()).isZero();
            } else {
                assertThat(first).isInstanceOf(LoadOpened.class);
            }
            hasty.next(id, Aborted.class);
            requireFree(id);
        }
    }

    @Test
    void theReasonOfAFailureIsTold() throws IOException {
        other.send(ClientBytes.of().message(1, ClientBytes.load("a")));
        other.next(1, LoadOpened.class);
        for (long id = 1; id <= ROUNDS; id += 2) {
            // its answer may be there before the ABORT is read, which then finds no stream
            abortAtOnce(id, ClientBytes.load("a"));
            hasty.nextError(id, Errno.EBUSY);
            requireAbortedOrNotOpen(id);
            abortAtOnce(id + 1, ClientBytes.load("none"));
            hasty.nextError(id + 1, Errno.ENOENT);
            requireAbortedOrNotOpen(id + 1);
        }
    }

    private void abortAtOnce(long id, Message prepare) throws IOException {
        hasty.send(ClientBytes.of().message(id, prepare).message(id, new AbortLoad()));
    }

    private void requireFree(long id) throws IOException {
        other.send(ClientBytes.of().message(id, ClientBytes.load("a")));
        other.next(id, LoadOpened.class);
        other.send(ClientBytes.of().message(id, new AbortLoad()));
        other.next(id, Aborted.class);
    }

    private void requireAbortedOrNotOpen(long id) throws IOException {
        Message last = hasty.next().message();
        if (last instanceof ErrorReply error) {
            assertThat(error.errno()).isEqualTo(Errno.EBADF);
        } else {
            assertThat(last).isInstanceOf(Aborted.class);
        }
    }
}
