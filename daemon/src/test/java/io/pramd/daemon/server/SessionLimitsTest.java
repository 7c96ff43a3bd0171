package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.Aborted;
import io.pramd.protocol.AskInfo;
import io.pramd.protocol.Discard;
import io.pramd.protocol.Discarded;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.InfoIs;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Pong;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.Removed;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.WireLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionLimitsTest {
    private static final int STREAMS_MAX = 3;
    private static final int REQUESTS_MAX = 4;
    private static final int CONNECTIONS_MAX = 2;
    private static final int READS_QUEUED_MAX = 5;
    private static final int FAILED_SAVES_MAX = 6;
    private static final int ANSWER_BYTES_QUEUED_MAX = 1000;
    private static final long IDLE_MILLIS = 400;
    private static final long SAVING_MILLIS = 30_000;

    private static final ServerLimits LIMITS =
            new ServerLimits(
                    WireLimits.PACKET_BYTES_MAX_LEAST,
                    STREAMS_MAX,
                    REQUESTS_MAX,
                    CONNECTIONS_MAX,
                    READS_QUEUED_MAX,
                    FAILED_SAVES_MAX,
                    ANSWER_BYTES_QUEUED_MAX,
                    IDLE_MILLIS,
                    100,
                    SAVING_MILLIS,
                    50);

    @TempDir Path folder;
    private ServedStore served;

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void aStreamTooManyIsRefusedUntilAnotherEnds() {
        served = ServedStore.in(folder, LIMITS);
        try (EmbeddedClient client = served.greeted()) {
            client.send(
                    ClientBytes.of()
                            .save(1, "a", ClientBytes.page(1))
                            .message(2, ClientBytes.peek("a"))
                            .message(3, ClientBytes.prepareSave("b"))
                            .message(4, ClientBytes.prepareSave("c"))
                            .save(5, "d", ClientBytes.page(1))
                            .message(6, ClientBytes.peek("a"))
                            .message(3, new Discard())
                            .message(7, ClientBytes.peek("a")));
            client.next();
            client.next();
            client.next(2, LoadOpened.class);
            client.next(3, SaveOpened.class);
            client.next(4, SaveOpened.class);
            assertThat(client.nextError(5, Errno.EAGAIN).text()).contains("max=3");
            client.nextError(5, Errno.EAGAIN);
            client.nextError(6, Errno.EAGAIN);
            client.next(3, Discarded.class);
            client.next(7, LoadOpened.class);
        }
    }

    @Test
    void aSaveThatIsOpenForTooLongIsDiscardedAndItsNameFree() {
        served = ServedStore.in(folder, LIMITS);
        try (EmbeddedClient slow = served.greeted();
                EmbeddedClient other = served.greeted()) {
            slow.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.prepareSave("a"))
                            .pages(1, ClientBytes.page(1)));
            slow.next(1, SaveOpened.class);
            for (long millis = 0; millis < SAVING_MILLIS; millis += 100) {
                slow.send(ClientBytes.of().message(0, new Ping())); // or it would be idle
                slow.next(0, Pong.class);
                slow.passMillis(100);
            }
            assertThat(slow.nextError(1, Errno.ETIMEDOUT).text()).contains("max=30000");
            other.send(ClientBytes.of().save(1, "a", ClientBytes.page(2)));
            other.next(1, SaveOpened.class);
            other.next(1, Saved.class);
            slow.send(ClientBytes.of().message(1, new FinishSave(4096)));
            slow.nextError(1, Errno.ETIMEDOUT);
        }
    }

    @Test
    void aRequestTooManyIsRefusedUntilOthersAreAnswered() {
        served = ServedStore.withoutWalk(folder, LIMITS);
        try (EmbeddedClient client = served.greeted()) {
            for (int id = 1; id <= REQUESTS_MAX + 1; id++) {
                client.send(ClientBytes.of().message(id, new RemoveNode(0, 0, "none")));
            }
            assertThat(client.nextError(REQUESTS_MAX + 1, Errno.EAGAIN).text()).contains("max=4");
            client.expectNothing();
            served.walk();
            List<ServerBytes.Answer> all = client.all();
            assertThat(all)
                    .extracting(ServerBytes.Answer::id)
                    .containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
        }
    }

    @Test
    void aConnectionTooManyIsToldSoAndEnded() {
        served = ServedStore.in(folder, LIMITS);
        try (EmbeddedClient first = served.greeted();
                EmbeddedClient second = served.greeted()) {
            try (EmbeddedClient third = served.connect()) {
                ErrorReply error = third.nextError(0, Errno.EAGAIN);
                assertThat(error.closing()).isTrue();
                assertThat(error.retryAfterMillis()).isPositive();
                assertThat(third.isOpen()).isFalse();
            }
            second.send(ClientBytes.of().message(1, new Ping()));
            second.next(1, Pong.class);
            first.breakOff();
            try (EmbeddedClient fourth = served.greeted()) {
                fourth.send(ClientBytes.of().message(1, new AskInfo()));
                assertThat(fourth.next(1, InfoIs.class).values())
                        .containsEntry("connections.open", InfoValue.of(2L))
                        .containsEntry("connections.refused", InfoValue.of(1L))
                        .containsEntry("limits.connectionsMax", InfoValue.of(2L));
            }
        }
    }

    @Test
    void aReadTooManyIsRefused() {
        served = ServedStore.in(folder, LIMITS);
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().save(1, "a", ClientBytes.pagesFrom(0, 15)));
            client.all();
            client.send(ClientBytes.of().message(2, ClientBytes.peek("a")));
            client.next(2, LoadOpened.class);
            client.holdWrites();
            int pages = 5; // fewer are answered at once, and copied
            int untilRefused = READS_QUEUED_MAX + 2 + 1; // two batches are on their way
            for (int i = 0; i < untilRefused; i++) {
                client.send(ClientBytes.of().message(2, new ReadPages(i, pages)));
            }
            client.takeWrites();
            List<Integer> sizes = new ArrayList<>();
            int refused = 0;
            for (ServerBytes.Answer answer : client.all()) {
                if (answer.message() instanceof ErrorReply error) {
                    assertThat(error.errno()).isEqualTo(Errno.EAGAIN);
                    refused++;
                } else {
                    sizes.add(answer.pages().size());
                }
            }
            assertThat(refused).isEqualTo(1);
            assertThat(sizes).hasSize(untilRefused - 1).containsOnly(pages);
        }
    }

    @Test
    void onlySoManyFailedPreparesAreRemembered() {
        served = ServedStore.in(folder, LIMITS);
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
            client.next(1, SaveOpened.class);
            for (int id = 2; id < 2 + FAILED_SAVES_MAX + 1; id++) {
                client.send(ClientBytes.of().message(id, ClientBytes.prepareSave("a")));
                client.nextError(id, Errno.EEXIST);
            }
            client.send(
                    ClientBytes.of().message(2, new FinishSave(0)).message(3, new FinishSave(0)));
            client.nextError(2, Errno.EBADF);
            client.nextError(3, Errno.EEXIST);
        }
    }

    @Test
    void aClientThatTakesNoAnswersIsNotHeard() {
        served = ServedStore.in(folder, LIMITS);
        try (EmbeddedClient client = served.greeted()) {
            client.holdWrites();
            int pings = 500;
            for (int id = 1; id <= pings; id++) {
                client.send(ClientBytes.of().message(id, new Ping()));
            }
            client.send(
                    ClientBytes.of()
                            .save(pings + 1, "a", ClientBytes.page(1))
                            .message(pings + 2, ClientBytes.peek("a")));
            assertThat(served.fixture().info("nodes.ready")).isZero();
            client.takeWrites();
            List<ServerBytes.Answer> all = client.allBehindRests(pings / 64);
            assertThat(all).hasSize(pings + 3);
            assertThat(all.getLast().message()).isInstanceOf(LoadOpened.class);
        }
    }

    @Test
    void aClientThatNeverTakesItsAnswersIsClosed() {
        served = ServedStore.in(folder, LIMITS);
        try (EmbeddedClient client = served.greeted()) {
            client.holdWrites();
            for (int id = 1; id <= 100; id++) {
                client.send(ClientBytes.of().message(id, new Ping()));
            }
            client.passMillis(2 * IDLE_MILLIS);
            assertThat(client.isOpen()).isFalse();
        }
    }

    @Test
    void aRefusedClientThatTakesNothingIsClosedThoughItGoesOnSending() {
        served = ServedStore.in(folder, LIMITS);
        try (EmbeddedClient client = served.greeted()) {
            client.holdWrites();
            client.send(ClientBytes.of().message(2, new Ping()).message(1, new Ping()));
            int quarters = 0;
            while (client.isOpen() && quarters < 8) {
                client.send(ClientBytes.of().raw((byte) 1));
                client.passMillis(IDLE_MILLIS / 4);
                quarters++;
            }
            assertThat(quarters).isBetween(4, 5);
        }
    }

    @Test
    void noMoreThanTwoBatchesAreReadAhead() {
        served = ServedStore.in(folder, LIMITS);
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
            for (int i = 0; i < 60; i += 15) {
                client.send(ClientBytes.of().pages(1, ClientBytes.pagesFrom(i, 15)));
            }
            client.send(ClientBytes.of().message(1, new FinishSave(60 * StreamDriver.PAGE)));
            client.all();
            client.send(ClientBytes.of().message(2, ClientBytes.load("a")));
            client.next(2, LoadOpened.class);
            client.holdWrites();
            client.send(
                    ClientBytes.of()
                            .message(2, new ReadPages(0, 60))
                            .message(2, new ReadPages(0, 60))
                            .message(2, new AbortLoad()));
            client.takeWrites();
            List<ServerBytes.Answer> all = client.all();
            assertThat(all.getLast().message()).isInstanceOf(Aborted.class);
            assertThat(all.size() - 1).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void pagesThatWaitToBeSentKeepTheirFrames() {
        served = ServedStore.in(folder, LIMITS);
        long freeBefore = served.framesFree();
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().save(1, "a", ClientBytes.pagesFrom(5, 10)));
            client.all();
            client.send(ClientBytes.of().message(2, ClientBytes.peek("a")));
            client.next(2, LoadOpened.class);
            client.holdWrites();
            client.send(
                    ClientBytes.of()
                            .message(2, new ReadPages(0, 10))
                            .message(2, new AbortLoad())
                            .message(3, new RemoveNode(0, 0, "a")));
            client.runTasks();
            assertThat(served.fixture().info("nodes.ready")).isZero();
            long freeWhilePinned = served.fixture().info("frames.free");
            client.takeWrites();
            assertThat(served.fixture().info("frames.free"))
                    .isGreaterThanOrEqualTo(freeWhilePinned + 10);
            assertThat(client.next().pages()).containsExactly(ClientBytes.pagesFrom(5, 10));
            client.next(2, Aborted.class);
            client.next(3, Removed.class);
            assertThat(served.framesFree()).isEqualTo(freeBefore);
        }
    }

    @Test
    void pagesThatWereNeverSentGiveTheirFramesBack() {
        served = ServedStore.in(folder, LIMITS);
        long freeBefore = served.framesFree();
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().save(1, "a", ClientBytes.pagesFrom(5, 10)));
            client.all();
            client.holdWrites();
            client.send(
                    ClientBytes.of()
                            .message(2, ClientBytes.peek("a"))
                            .message(2, new ReadPages(0, 10))
                            .message(3, new RemoveNode(0, 0, "a")));
            client.runTasks();
            client.breakOff();
            assertThat(served.framesFree()).isEqualTo(freeBefore);
        }
    }

    @Test
    void aSilentConnectionIsClosed() {
        served = ServedStore.in(folder, LIMITS);
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
            client.next(1, SaveOpened.class);
            client.passMillis(IDLE_MILLIS - 1);
            assertThat(client.isOpen()).isTrue();
            client.passMillis(IDLE_MILLIS / 2);
            assertThat(client.isOpen()).isFalse();
            assertThat(served.fixture().info("nodes.saving")).isZero();
        }
    }

    /** Nobody could be heard meanwhile. */
    @Test
    void aLoopThatStoodStillCutsNobodyOff() {
        served = ServedStore.in(folder, LIMITS);
        try (EmbeddedClient client = served.greeted()) {
            client.standStill(10 * IDLE_MILLIS);
            assertThat(client.isOpen()).isTrue();
            client.send(ClientBytes.of().message(1, new Ping()));
            client.next(1, Pong.class);
            client.passMillis(IDLE_MILLIS - 1);
            assertThat(client.isOpen()).isTrue();
        }
    }

    @Test
    void pingsKeepAConnectionOpen() {
        served = ServedStore.in(folder, LIMITS);
        try (EmbeddedClient client = served.greeted()) {
            for (int id = 1; id <= 12; id++) {
                client.passMillis(IDLE_MILLIS / 3);
                client.send(ClientBytes.of().message(id, new Ping()));
                client.next(id, Pong.class);
            }
        }
    }
}
