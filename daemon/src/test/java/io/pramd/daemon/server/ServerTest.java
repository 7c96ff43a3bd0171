package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.server.ServerBytes.Answer;
import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.Aborted;
import io.pramd.protocol.Consumed;
import io.pramd.protocol.Discard;
import io.pramd.protocol.Discarded;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Pong;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.Removed;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.WireLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole way of a page, from a real socket through a store with its threads and back. */
@ParameterizedClass
@CsvSource({"EPOLL, tcp", "EPOLL, unix", "NIO, tcp", "NIO, unix"})
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServerTest {
    private static final long FILE_BYTES = 64L << 20;
    private static final int PACKET_PAGES = 512;

    @Parameter(0)
    Transport transport;

    @Parameter(1)
    String kind;

    @TempDir Path folder;
    private StoreFixture fixture;
    private Server server;
    private ListenAddress address;

    @BeforeEach
    void serve() {
        fixture = StoreFixture.format(folder.resolve("memory"), FILE_BYTES, How.THREADED);
        String listen =
                kind.equals("tcp")
                        ? "pram://127.0.0.1:0"
                        : "pram+unix://" + folder.resolve("socket");
        server =
                Server.start(
                        ServerConfig.of(
                                fixture.store(),
                                List.of(ListenAddress.parse(listen)),
                                "pramd test"),
                        transport);
        address = server.addresses().getFirst();
    }

    @AfterEach
    void stop() {
        server.close();
        fixture.close();
        assertThat(Files.exists(folder.resolve("socket"))).isFalse();
    }

    @Test
    void aLargeStreamComesBackAsItWasSaved() throws IOException {
        long seed = System.nanoTime();
        int packets = 8;
        long free = fixture.freeAndHeld();
        try (SocketClient client = SocketClient.greeted(address)) {
            save(client, 1, "a", seed, packets);
            client.send(ClientBytes.of().message(2, ClientBytes.load("a")));
            long sequence = client.next(2, LoadOpened.class).node().sequence();
            client.send(ClientBytes.of().message(2, new ReadPages(0, packets * PACKET_PAGES)));
            assertReads(client, 2, seed, packets * PACKET_PAGES);
            client.send(ClientBytes.of().message(2, new FinishLoad(sequence)));
            client.next(2, Consumed.class);
        }
        assertThat(fixture.freeAndHeld()).isEqualTo(free);
    }

    @Test
    void manySmallSavesInOneWriteAreAllAnswered() throws IOException {
        ClientBytes all = ClientBytes.of();
        int saves = 60;
        for (int id = 1; id <= saves; id++) {
            all.save(id, "n" + id, ClientBytes.page(id));
        }
        try (SocketClient client = SocketClient.greeted(address)) {
            client.send(all);
            int saved = 0;
            for (int i = 0; i < 2 * saves; i++) {
                Answer answer = client.next();
                assertThat(answer.type()).isIn(MessageType.SAVE_OPENED, MessageType.SAVED);
                saved += answer.type() == MessageType.SAVED ? 1 : 0;
            }
            assertThat(saved).isEqualTo(saves);
        }
        for (int id = 1; id <= saves; id++) {
            assertThat(fixture.streams().peek("n" + id)).isEqualTo(ClientBytes.page(id));
        }
    }

    @Test
    void aSlowPeekEndsWithTheOldBytesWhenTheNodeIsRemoved() throws IOException {
        slowPeek(
                other -> {
                    other.send(ClientBytes.of().message(2, new RemoveNode(0, 0, "a")));
                    other.next(2, Removed.class);
                });
    }

    @Test
    void aSlowPeekEndsWithTheOldBytesWhenTheNodeIsReplaced() throws IOException {
        slowPeek(
                other -> {
                    other.send(
                            ClientBytes.of()
                                    .message(2, ClientBytes.replace("a"))
                                    .pages(2, ClientBytes.page(-1))
                                    .message(2, new FinishSave(WireLimits.PAGE_BYTES)));
                    other.next(2, SaveOpened.class);
                    other.next(2, Saved.class);
                });
    }

    @Test
    void aStreamThatIsNotReadDoesNotStopTheOthers() throws IOException {
        int packets = 8;
        try (SocketClient client = SocketClient.greeted(address, 256 << 10)) {
            save(client, 1, "big", 5, packets);
            client.send(ClientBytes.of().save(2, "small", ClientBytes.page(77)));
            client.next(2, SaveOpened.class);
            client.next(2, Saved.class);
            client.send(ClientBytes.of().message(3, ClientBytes.peek("small")));
            client.next(3, LoadOpened.class);
            client.send(
                    ClientBytes.of()
                            .message(4, ClientBytes.peek("big"))
                            .message(4, new ReadPages(0, packets * PACKET_PAGES)));
            client.next(4, LoadOpened.class);
            client.next(); // some of the big one
            client.send(ClientBytes.of().message(3, new ReadPages(0, 1)));
            int pagesBefore = 0;
            Answer answer = client.next();
            while (answer.id() == 4) {
                pagesBefore += answer.pages().size();
                answer = client.next();
            }
            assertThat(assertPages(answer, 77, 0)).isEqualTo(1);
            assertThat(pagesBefore).isLessThan((packets - 1) * PACKET_PAGES);
        }
    }

    @Test
    void abortEndsALoadInTheMiddle() throws IOException {
        int packets = 8;
        try (SocketClient client = SocketClient.greeted(address)) {
            save(client, 1, "big", 5, packets);
            client.send(
                    ClientBytes.of()
                            .message(2, ClientBytes.load("big"))
                            .message(2, new ReadPages(0, packets * PACKET_PAGES)));
            client.next(2, LoadOpened.class);
            client.next();
            client.send(ClientBytes.of().message(2, new AbortLoad()).message(3, new Ping()));
            Answer answer = client.next();
            int pages = 0;
            while (answer.type() == MessageType.PAGES) {
                pages += answer.pages().size();
                answer = client.next();
            }
            assertThat(answer.message()).isInstanceOf(Aborted.class);
            assertThat(pages).isLessThanOrEqualTo(packets * PACKET_PAGES);
            client.next(3, Pong.class);
        }
        assertThat(fixture.streams().consume("big")).hasSize(packets * PACKET_PAGES * 4096);
    }

    @Test
    void aSaverThatIsResetFreesItsNameAndFrames() throws IOException {
        long free = fixture.freeAndHeld();
        for (int round = 0; round < 10; round++) {
            SocketClient saver = SocketClient.greeted(address);
            saver.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.prepareSave("a"))
                            .pages(1, ClientBytes.pagesFrom(round, 100))
                            .header(512 * 4104, MessageType.PAGES.number(), 0, 1)
                            .raw(new byte[round * 700_000 / 10]));
            saver.next(1, SaveOpened.class);
            if (round % 2 == 0 && kind.equals("tcp")) {
                saver.reset();
            } else {
                saver.close();
            }
            awaitNameIsFree("a");
        }
        Await.until("what was on its way is back", () -> fixture.freeAndHeld() == free);
        fixture.requireEveryFrameAccountedFor();
    }

    @Test
    void aDamagedPageInTheMiddleFailsItsStreamAndNoOther() throws IOException {
        long free = fixture.freeAndHeld();
        try (SocketClient client = SocketClient.greeted(address)) {
            client.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.prepareSave("a"))
                            .message(2, ClientBytes.prepareSave("b"))
                            .pages(1, ClientBytes.pagesFrom(0, PACKET_PAGES))
                            .damagedPages(1, ClientBytes.pagesFrom(0, 100))
                            .pages(1, ClientBytes.pagesFrom(0, PACKET_PAGES))
                            .pages(2, ClientBytes.pagesFrom(9, PACKET_PAGES))
                            .pages(1, ClientBytes.pagesFrom(0, PACKET_PAGES))
                            .message(1, new FinishSave(0))
                            .message(2, new FinishSave((long) PACKET_PAGES * 4096)));
            client.next(1, SaveOpened.class);
            client.next(2, SaveOpened.class);
            assertThat(client.nextError(1, Errno.EIO).pageIndex()).isEqualTo(PACKET_PAGES + 99);
            client.next(2, Saved.class);
            client.send(
                    ClientBytes.of()
                            .message(3, ClientBytes.peek("b"))
                            .message(3, new ReadPages(0, PACKET_PAGES)));
            client.next(3, LoadOpened.class);
            assertReads(client, 3, 9, PACKET_PAGES);
            client.send(
                    ClientBytes.of()
                            .message(3, new AbortLoad())
                            .message(4, new RemoveNode(0, 0, "b")));
            client.next(3, Aborted.class);
            client.next(4, Removed.class);
        }
        assertThat(fixture.freeAndHeld()).isEqualTo(free);
    }

    @Test
    void aStreamThatFindsNoFrameGivesAllBackAndOthersGoOn() throws IOException {
        long free = fixture.freeAndHeld();
        int packets = (int) (FILE_BYTES / 4096 / PACKET_PAGES) + 2;
        try (SocketClient client = SocketClient.greeted(address)) {
            client.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
            client.next(1, SaveOpened.class);
            ClientBytes packet = ClientBytes.of().pages(1, ClientBytes.pagesFrom(3, PACKET_PAGES));
            for (int i = 0; i < packets; i++) {
                client.send(packet);
            }
            client.send(ClientBytes.of().save(2, "b", ClientBytes.page(1)));
            client.next(2, SaveOpened.class);
            client.next(2, Saved.class);
            client.send(
                    ClientBytes.of()
                            .message(1, new FinishSave((long) packets * PACKET_PAGES * 4096))
                            .message(3, new RemoveNode(0, 0, "b")));
            client.nextError(1, Errno.ENOMEM);
            client.next(3, Removed.class);
        }
        assertThat(fixture.freeAndHeld()).isEqualTo(free);
    }

    private void awaitNameIsFree(String name) throws IOException {
        try (SocketClient client = SocketClient.greeted(address)) {
            for (long id = 1; ; id++) {
                client.send(ClientBytes.of().message(id, ClientBytes.prepareSave(name)));
                Answer answer = client.next();
                if (answer.type() == MessageType.SAVE_OPENED) {
                    client.send(ClientBytes.of().message(id, new Discard()));
                    client.next(id, Discarded.class);
                    return;
                }
                assertThat(((ErrorReply) answer.message()).errno()).isEqualTo(Errno.EEXIST);
            }
        }
    }

    private interface Change {
        void on(SocketClient client) throws IOException;
    }

    /** Behind the change all free frames are written with something else. */
    private void slowPeek(Change change) throws IOException {
        int packets = 12;
        try (SocketClient peeker = SocketClient.greeted(address, 64 << 10);
                SocketClient other = SocketClient.greeted(address)) {
            save(other, 1, "a", 1000, packets);
            peeker.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.peek("a"))
                            .message(1, new ReadPages(0, packets * PACKET_PAGES)));
            peeker.next(1, LoadOpened.class);
            Answer first = peeker.next();
            change.on(other);
            fill(other, 3);
            int pages = assertPages(first, 1000, 0);
            while (pages < packets * PACKET_PAGES) {
                pages += assertPages(peeker.next(), 1000, pages);
            }
            peeker.send(ClientBytes.of().message(1, new AbortLoad()));
            peeker.next(1, Aborted.class);
            // with the peek gone its frames are free for others
            other.send(ClientBytes.of().message(1_000, new RemoveNode(0, 0, "fill")));
            other.next(1_000, Removed.class);
        }
    }

    /** Saves until nothing is free, in whole megabytes. */
    private void fill(SocketClient client, long id) throws IOException {
        long free = fixture.info("frames.free");
        int packets = (int) (free / PACKET_PAGES) - 1;
        if (packets > 0) {
            save(client, id, "fill", 1 << 20, packets);
        }
    }

    private static void save(SocketClient client, long id, String name, long seed, int packets)
            throws IOException {
        client.send(ClientBytes.of().message(id, ClientBytes.prepareSave(name)));
        for (int i = 0; i < packets; i++) {
            byte[][] pages = ClientBytes.pagesFrom(seed + i * PACKET_PAGES, PACKET_PAGES);
            client.send(ClientBytes.of().pages(id, pages));
        }
        long bytes = (long) packets * PACKET_PAGES * WireLimits.PAGE_BYTES;
        client.send(ClientBytes.of().message(id, new FinishSave(bytes)));
        client.next(id, SaveOpened.class);
        client.next(id, Saved.class);
    }

    private static void assertReads(SocketClient client, long id, long seed, int pages)
            throws IOException {
        int read = 0;
        while (read < pages) {
            Answer answer = client.next();
            assertThat(answer.id()).isEqualTo(id);
            read += assertPages(answer, seed, read);
            assertThat(answer.isLast()).isEqualTo(read == pages);
            assertThat(answer.isEnd()).isEqualTo(read == pages);
        }
    }

    private static int assertPages(Answer answer, long seed, int from) {
        assertThat(answer.type()).isEqualTo(MessageType.PAGES);
        for (int i = 0; i < answer.pages().size(); i++) {
            boolean same = Arrays.equals(answer.pages().get(i), ClientBytes.page(seed + from + i));
            assertThat(same).as("page %d is the one that was saved", from + i).isTrue();
        }
        return answer.pages().size();
    }
}
