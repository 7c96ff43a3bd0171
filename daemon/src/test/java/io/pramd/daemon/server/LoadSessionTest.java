package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.server.ServerBytes.Answer;
import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.Aborted;
import io.pramd.protocol.BadPageVerdict;
import io.pramd.protocol.Consumed;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.Hello;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.PrepareLoad;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.Removed;
import io.pramd.protocol.ReportBadPage;
import io.pramd.protocol.Saved;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadSessionTest {
    private static final int PAGES = 700;

    @TempDir Path folder;
    private ServedStore served;
    private EmbeddedClient client;
    private long freeBefore;
    private long sequence;

    @BeforeEach
    void saveAndConnect() {
        served = ServedStore.in(folder);
        client = served.greeted();
        freeBefore = served.framesFree();
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .pages(1, ClientBytes.pagesFrom(0, 512))
                        .pages(1, ClientBytes.pagesFrom(512, PAGES - 512))
                        .message(1, new FinishSave((long) PAGES * StreamDriver.PAGE)));
        client.next();
        sequence = client.next(1, Saved.class).sequence();
    }

    @AfterEach
    void disconnect() {
        client.close();
        served.close();
    }

    @Test
    void showsTheNodeWhenItOpens() {
        client.send(ClientBytes.of().message(2, ClientBytes.load("a")));
        NodeRecord node = client.next(2, LoadOpened.class).node();
        assertThat(node.name()).isEqualTo("a");
        assertThat(node.state()).isEqualTo(NodeState.LOADING);
        assertThat(node.type()).isEqualTo(StreamType.PAGE);
        assertThat(node.sequence()).isEqualTo(sequence);
        assertThat(node.pages()).isEqualTo(PAGES);
        assertThat(node.length()).isEqualTo((long) PAGES * StreamDriver.PAGE);
    }

    @Test
    void readsThePagesInOrderWithTheirFlags() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.load("a"))
                        .message(2, new ReadPages(0, PAGES)));
        client.next(2, LoadOpened.class);
        assertReads(2, 0, PAGES, true);
        client.expectNothing();
    }

    @Test
    void readsAreAnsweredOneAfterTheOther() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.load("a"))
                        .message(2, new ReadPages(600, 300))
                        .message(2, new ReadPages(0, 2))
                        .message(2, new ReadPages(3, 300)));
        client.next(2, LoadOpened.class);
        assertReads(2, 600, 100, true);
        assertReads(2, 0, 2, false);
        assertReads(2, 3, 300, false);
    }

    @Test
    void readingBehindTheEndSaysEndAgainAndAgain() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.peek("a"))
                        .message(2, new ReadPages(PAGES, 1))
                        .message(2, new ReadPages(Long.MAX_VALUE, Long.MAX_VALUE))
                        .message(2, new ReadPages(PAGES - 1, Long.MAX_VALUE))
                        .message(2, new ReadPages(5, 0)));
        client.next(2, LoadOpened.class);
        assertReads(2, PAGES, 0, true);
        assertReads(2, PAGES, 0, true);
        assertReads(2, PAGES - 1, 1, true);
        assertReads(2, 5, 0, false);
    }

    @Test
    void packetsAreNoLargerThanTheClientTakes() {
        Hello hello =
                new Hello(1, 1, WireLimits.PACKET_BYTES_MAX_LEAST, 0, "small", 0, new byte[0]);
        try (EmbeddedClient small = served.connect()) {
            small.send(
                    ClientBytes.preface()
                            .message(0, hello)
                            .message(1, ClientBytes.peek("a"))
                            .message(1, new ReadPages(0, PAGES)));
            small.next();
            small.next(1, LoadOpened.class);
            for (Answer answer : small.all()) {
                assertThat(answer.pages()).hasSizeLessThanOrEqualTo(15);
            }
        }
    }

    @Test
    void finishConsumesTheNode() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.load("a"))
                        .message(2, new FinishLoad(sequence))
                        .message(2, new ReadPages(0, 1))
                        .message(3, ClientBytes.load("a")));
        client.next(2, LoadOpened.class);
        assertThat(client.next(2, Consumed.class).sequence()).isEqualTo(sequence);
        client.nextError(2, Errno.EBADF);
        client.nextError(3, Errno.ENOENT);
        assertThat(served.framesFree()).isEqualTo(freeBefore);
    }

    @Test
    void finishOfAnotherSequenceIsStaleAndLeavesTheStream() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.load("a"))
                        .message(2, new FinishLoad(sequence + 1))
                        .message(2, new ReadPages(0, 1))
                        .message(2, new FinishLoad(sequence)));
        client.next(2, LoadOpened.class);
        client.nextError(2, Errno.ESTALE);
        assertReads(2, 0, 1, false);
        client.next(2, Consumed.class);
    }

    @Test
    void finishMayBeRepeatedAsRemoveOfItsSequence() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.load("a"))
                        .message(3, new RemoveNode(sequence + 1, 0, "a"))
                        .message(2, new AbortLoad())
                        .message(4, new RemoveNode(sequence + 1, 0, "a"))
                        .message(5, new RemoveNode(sequence, 0, "a"))
                        .message(6, new RemoveNode(sequence, 0, "a")));
        client.next(2, LoadOpened.class);
        client.next(3, ErrorReply.class);
        client.next(2, Aborted.class);
        client.nextError(4, Errno.ESTALE);
        assertThat(client.next(5, Removed.class).sequence()).isEqualTo(sequence);
        client.next(6, ErrorReply.class);
    }

    @Test
    void aPeekIsNotFinished() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.peek("a"))
                        .message(2, new FinishLoad(sequence))
                        .message(2, new ReadPages(1, 1))
                        .message(2, new AbortLoad())
                        .message(2, new AbortLoad()));
        client.next(2, LoadOpened.class);
        client.nextError(2, Errno.EINVAL);
        assertReads(2, 1, 1, false);
        client.next(2, Aborted.class);
        client.nextError(2, Errno.EBADF);
    }

    @Test
    void abortLeavesTheNodeReady() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.load("a"))
                        .message(2, new ReadPages(0, 10))
                        .message(2, new AbortLoad())
                        .message(3, ClientBytes.load("a")));
        client.next(2, LoadOpened.class);
        assertReads(2, 0, 10, false);
        client.next(2, Aborted.class);
        client.next(3, LoadOpened.class);
    }

    @Test
    void aLoaderThatIsGoneLeavesTheNodeReady() {
        client.send(ClientBytes.of().message(2, ClientBytes.load("a")));
        client.next(2, LoadOpened.class);
        try (EmbeddedClient other = served.greeted()) {
            other.send(ClientBytes.of().message(1, ClientBytes.load("a")));
            other.nextError(1, Errno.EBUSY);
            client.breakOff();
            other.send(ClientBytes.of().message(2, ClientBytes.load("a")));
            other.next(2, LoadOpened.class);
        }
    }

    @Test
    void refusesTheWrongTypeAndUnmetExpectationsAndLeavesTheNode() {
        PrepareLoad bytes = new PrepareLoad(StreamType.BYTE, false, 0, 0, "a", Map.of());
        PrepareLoad meta = new PrepareLoad(StreamType.ANY, false, 0, 0, "a", Map.of("k", "v"));
        PrepareLoad pages = new PrepareLoad(StreamType.PAGE, false, 0, 0, "a", Map.of());
        client.send(ClientBytes.of().message(2, bytes).message(3, meta).message(4, pages));
        client.nextError(2, Errno.EPERM);
        client.nextError(3, Errno.EPERM);
        client.next(4, LoadOpened.class);
    }

    @Test
    void readsOfAFailedPrepareAreRefused() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.load("none"))
                        .message(2, new ReadPages(7, 1)));
        client.nextError(2, Errno.ENOENT);
        assertThat(client.nextError(2, Errno.EBADF).pageIndex()).isEqualTo(7);
    }

    @Test
    void aPeekShowsTheNodesState() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.peek("a"))
                        .message(3, ClientBytes.load("a"))
                        .message(4, ClientBytes.peek("a")));
        assertThat(client.next(2, LoadOpened.class).node().state()).isEqualTo(NodeState.READY);
        client.next(3, LoadOpened.class);
        assertThat(client.next(4, LoadOpened.class).node().state()).isEqualTo(NodeState.LOADING);
    }

    @Test
    void aWaitingLoadOpensWhenTheNodeIsReady() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.loadWaiting("later", 60_000))
                        .message(2, new ReadPages(0, 1))
                        .message(2, new FinishLoad(1)));
        assertThat(client.nextError(2, Errno.EINVAL).text()).contains("not open yet");
        client.expectNothing();
        client.send(ClientBytes.of().save(3, "later", ClientBytes.page(9)));
        List<MessageType> types = new ArrayList<>();
        client.all().forEach(answer -> types.add(answer.type()));
        assertThat(types)
                .containsExactlyInAnyOrder(
                        MessageType.SAVE_OPENED,
                        MessageType.SAVED,
                        MessageType.LOAD_OPENED,
                        MessageType.PAGES);
    }

    @Test
    void aWaitingLoadMayBeAborted() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.loadWaiting("later", 60_000))
                        .message(2, new AbortLoad())
                        .message(2, new ReadPages(3, 1)));
        assertThat(client.nextError(2, Errno.EBADF).pageIndex()).isEqualTo(3);
        assertThat(client.nextError(2, Errno.EAGAIN).retryAfterMillis()).isZero();
        client.next(2, Aborted.class);
        client.send(
                ClientBytes.of()
                        .save(3, "later", ClientBytes.page(9))
                        .message(4, ClientBytes.load("later")));
        client.next();
        client.next();
        client.next(4, LoadOpened.class);
    }

    @Test
    void aWaitingLoadOfABrokenConnectionTakesNothing() {
        client.send(ClientBytes.of().message(2, ClientBytes.loadWaiting("later", 60_000)));
        client.breakOff();
        try (EmbeddedClient other = served.greeted()) {
            other.send(
                    ClientBytes.of()
                            .save(1, "later", ClientBytes.page(9))
                            .message(2, ClientBytes.load("later")));
            other.next();
            other.next();
            other.next(2, LoadOpened.class);
        }
    }

    @Test
    void aReportedPageIsReadAgain() {
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.load("a"))
                        .message(2, new ReportBadPage(17))
                        .message(2, new ReportBadPage(PAGES)));
        client.next(2, LoadOpened.class);
        long crc = Integer.toUnsignedLong(ClientBytes.crc(ClientBytes.page(17)));
        assertThat(client.next(2, BadPageVerdict.class))
                .isEqualTo(new BadPageVerdict(17, false, crc, crc));
        client.nextError(2, Errno.EINVAL);
    }

    @Test
    void streamsOfOneConnectionTakeTurns() {
        client.send(
                ClientBytes.of()
                        .save(2, "small", ClientBytes.page(5))
                        .message(3, ClientBytes.peek("a"))
                        .message(4, ClientBytes.peek("small"))
                        .message(3, new ReadPages(0, PAGES))
                        .message(4, new ReadPages(0, 1)));
        List<Long> order = new ArrayList<>();
        for (Answer answer : client.all()) {
            if (answer.type() == MessageType.PAGES) {
                order.add(answer.id());
            }
        }
        assertThat(order).endsWith(3L).contains(4L);
        assertThat(order.indexOf(4L)).isLessThan(order.size() - 1);
    }

    private void assertReads(long id, long firstPage, int pages, boolean end) {
        List<byte[]> read = new ArrayList<>();
        Answer answer;
        do {
            answer = client.next();
            assertThat(answer.id()).isEqualTo(id);
            assertThat(answer.type()).isEqualTo(MessageType.PAGES);
            read.addAll(answer.pages());
        } while (!answer.isLast());
        assertThat(answer.isEnd()).isEqualTo(end);
        assertThat(read).hasSize(pages);
        for (int i = 0; i < pages; i++) {
            assertThat(read.get(i)).isEqualTo(ClientBytes.page(firstPage + i));
        }
    }
}
