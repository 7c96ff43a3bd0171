package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.Discard;
import io.pramd.protocol.Discarded;
import io.pramd.protocol.Durability;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.ReportBadPage;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaveSessionTest {
    private static final int PAGE = StreamDriver.PAGE;

    @TempDir(factory = OnDevice.class)
    Path folder;

    private ServedStore served;
    private EmbeddedClient client;
    private long freeBefore;

    @BeforeEach
    void connect() {
        served = ServedStore.in(folder);
        client = served.greeted();
        freeBefore = served.framesFree();
    }

    @AfterEach
    void disconnect() {
        client.close();
        served.close();
    }

    @Test
    void savesInOneWrite() {
        client.send(ClientBytes.of().save(1, "a", ClientBytes.pagesFrom(7, 3)));
        long sequence = client.next(1, SaveOpened.class).sequence();
        assertThat(client.next(1, Saved.class)).isEqualTo(new Saved(sequence, Durability.PROCESS));
        assertSaved("a", 7, 3);
    }

    @Test
    void savesByteByByte() {
        client.sendByteByByte(
                ClientBytes.of()
                        .save(1, "a", ClientBytes.pagesFrom(7, 2))
                        .save(2, "b", ClientBytes.pagesFrom(9, 1))
                        .bytes());
        client.next(1, SaveOpened.class);
        client.next(1, Saved.class);
        client.next(2, SaveOpened.class);
        client.next(2, Saved.class);
        assertSaved("a", 7, 2);
        assertSaved("b", 9, 1);
    }

    @Test
    void savesStreamsThatTakeTurnsOnOneConnection() {
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .message(2, ClientBytes.prepareSave("b"))
                        .pages(1, ClientBytes.pagesFrom(10, 40))
                        .pages(2, ClientBytes.pagesFrom(100, 40))
                        .pages(1, ClientBytes.pagesFrom(50, 40))
                        .pages(2, ClientBytes.pagesFrom(140, 40))
                        .message(2, new FinishSave(80L * PAGE))
                        .message(1, new FinishSave(80L * PAGE)));
        client.next(1, SaveOpened.class);
        client.next(2, SaveOpened.class);
        client.next(2, Saved.class);
        client.next(1, Saved.class);
        assertSaved("a", 10, 80);
        assertSaved("b", 100, 80);
    }

    @Test
    void savesAStreamWithoutPages() {
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .message(1, new FinishSave(0)));
        client.next(1, SaveOpened.class);
        client.next(1, Saved.class);
        assertSaved("a", 0, 0);
    }

    @Test
    void finishRepeatsTheErrorOfAFailedPrepare() {
        client.send(ClientBytes.of().save(1, "a", ClientBytes.page(1)));
        client.all();
        client.send(
                ClientBytes.of()
                        .save(2, "a", ClientBytes.pagesFrom(2, 9))
                        .message(3, ClientBytes.prepareSave("b")));
        assertAnswers(client.nextError(2, Errno.EEXIST), MessageType.PREPARE_SAVE);
        assertAnswers(client.nextError(2, Errno.EEXIST), MessageType.FINISH_SAVE);
        client.next(3, SaveOpened.class);
        assertSaved("a", 1, 1);
    }

    @Test
    void failedPrepareMayBeDiscarded() {
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .message(2, ClientBytes.prepareSave("a"))
                        .pages(2, ClientBytes.page(1))
                        .message(2, new Discard())
                        .message(2, new FinishSave(PAGE)));
        client.next(1, SaveOpened.class);
        client.nextError(2, Errno.EEXIST);
        client.next(2, Discarded.class);
        client.nextError(2, Errno.EBADF);
    }

    @Test
    void aPrepareThatCannotBeReadFailsLikeAnyOther() {
        String name = "n".repeat(256);
        client.send(ClientBytes.of().save(1, name, ClientBytes.page(1)));
        assertAnswers(client.nextError(1, Errno.ENAMETOOLONG), MessageType.PREPARE_SAVE);
        assertAnswers(client.nextError(1, Errno.ENAMETOOLONG), MessageType.FINISH_SAVE);
        assertNothingKept();
    }

    @Test
    void aDamagedPageFailsTheStreamAtItsFinishAndNamesThePage() {
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .damagedPages(1, ClientBytes.pagesFrom(1, 3))
                        .pages(1, ClientBytes.pagesFrom(4, 20))
                        .message(1, new FinishSave(23L * PAGE)));
        client.next(1, SaveOpened.class);
        ErrorReply error = client.nextError(1, Errno.EIO);
        assertThat(error.pageIndex()).isEqualTo(2);
        assertThat(error.outcomeUnknown()).isFalse();
        assertNothingKept();
    }

    @Test
    void flagsOfAPagesPacketAreRefusedAndSpoilTheStream() {
        ClientBytes flagged = ClientBytes.of().pages(1, ClientBytes.page(1));
        byte[] bytes = flagged.bytes();
        bytes[5] = 1; // the header's flags
        client.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")).raw(bytes))
                .send(ClientBytes.of().message(1, new FinishSave(PAGE)));
        client.next(1, SaveOpened.class);
        assertAnswers(client.nextError(1, Errno.EINVAL), MessageType.PAGES);
        assertAnswers(client.nextError(1, Errno.EINVAL), MessageType.FINISH_SAVE);
        assertNothingKept();
    }

    @Test
    void pagesThatAreNotWholeAreRefusedAndSpoilTheStream() {
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .header(100, MessageType.PAGES.number(), 0, 1)
                        .raw(new byte[100])
                        .message(1, new FinishSave(0)));
        client.next(1, SaveOpened.class);
        assertAnswers(client.nextError(1, Errno.EINVAL), MessageType.PAGES);
        assertAnswers(client.nextError(1, Errno.EINVAL), MessageType.FINISH_SAVE);
        assertNothingKept();
    }

    @Test
    void aLengthThatDoesNotFitIsRefusedAndEndsTheStream() {
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .pages(1, ClientBytes.page(1))
                        .message(1, new FinishSave(PAGE - 1))
                        .message(1, new FinishSave(PAGE)));
        client.next(1, SaveOpened.class);
        client.nextError(1, Errno.EINVAL);
        client.nextError(1, Errno.EBADF);
        assertNothingKept();
    }

    @Test
    void discardGivesEverythingBack() {
        for (int pages : new int[] {0, 1, 255, 256}) {
            long id = pages + 1;
            client.send(ClientBytes.of().message(id, ClientBytes.prepareSave("a")));
            if (pages > 0) {
                client.send(ClientBytes.of().pages(id, ClientBytes.pagesFrom(1, pages)));
            }
            client.send(ClientBytes.of().message(id, new Discard()));
            client.next(id, SaveOpened.class);
            client.next(id, Discarded.class);
            assertNothingKept();
        }
    }

    @Test
    void anIdIsOfNoUseAfterFinishOrDiscard() {
        client.send(
                ClientBytes.of()
                        .save(1, "a", ClientBytes.page(1))
                        .message(2, ClientBytes.prepareSave("b"))
                        .message(2, new Discard()));
        client.all();
        for (long id = 1; id <= 2; id++) {
            client.send(
                    ClientBytes.of()
                            .pages(id, ClientBytes.page(2))
                            .message(id, new FinishSave(PAGE))
                            .message(id, new Discard()));
            assertAnswers(client.nextError(id, Errno.EBADF), MessageType.PAGES);
            assertAnswers(client.nextError(id, Errno.EBADF), MessageType.FINISH_SAVE);
            assertAnswers(client.nextError(id, Errno.EBADF), MessageType.DISCARD);
        }
        assertSaved("a", 1, 1);
    }

    @Test
    void loadMessagesDoNotBelongToASaveAndLeaveItUsable() {
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .message(1, new ReadPages(0, 1))
                        .message(1, new FinishLoad(1))
                        .message(1, new AbortLoad())
                        .message(1, new ReportBadPage(0))
                        .pages(1, ClientBytes.page(3))
                        .message(1, new FinishSave(PAGE)));
        client.next(1, SaveOpened.class);
        assertAnswers(client.nextError(1, Errno.EINVAL), MessageType.READ);
        assertAnswers(client.nextError(1, Errno.EINVAL), MessageType.FINISH_LOAD);
        assertAnswers(client.nextError(1, Errno.EINVAL), MessageType.ABORT);
        assertAnswers(client.nextError(1, Errno.EINVAL), MessageType.REPORT_BAD_PAGE);
        client.next(1, Saved.class);
        assertSaved("a", 3, 1);
    }

    @Test
    void saveMessagesDoNotBelongToALoadAndLeaveItUsable() {
        client.send(ClientBytes.of().save(1, "a", ClientBytes.page(5)));
        client.all();
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.load("a"))
                        .pages(2, ClientBytes.pagesFrom(1, 2))
                        .message(2, new FinishSave(PAGE))
                        .message(2, new Discard())
                        .message(2, new ReadPages(0, 1)));
        client.next(2, LoadOpened.class);
        assertAnswers(client.nextError(2, Errno.EINVAL), MessageType.PAGES);
        assertAnswers(client.nextError(2, Errno.EINVAL), MessageType.FINISH_SAVE);
        assertAnswers(client.nextError(2, Errno.EINVAL), MessageType.DISCARD);
        assertThat(client.next().pages()).containsExactly(ClientBytes.page(5));
    }

    @Test
    void refusesWhatNoSaveCanBe() {
        refuses(prepare(StreamType.ANY, Durability.PROCESS, 0), "streamType=0");
        long tooLong = WireLimits.TTL_MILLIS_MAX + 1;
        refuses(prepare(StreamType.PAGE, Durability.PROCESS, tooLong), "ttlMillis=" + tooLong);
    }

    @Test
    void savesWithATimeToLive() {
        client.send(
                ClientBytes.of()
                        .message(1, prepare(StreamType.PAGE, Durability.PROCESS, 3_600_000))
                        .pages(1, ClientBytes.page(1))
                        .message(1, new FinishSave(PAGE)));
        client.next(1, SaveOpened.class);
        client.next(1, Saved.class);
        NodeInfo saved = served.store().stat("a").join();
        assertThat(saved.expiryMillis() - saved.createdMillis())
                .isBetween(3_600_000L, 3_600_000L + 60_000);
    }

    @Test
    void answersWithWhatTheSaveSurvives() {
        for (Durability level :
                List.of(Durability.PROCESS, Durability.INTERVAL, Durability.POWER)) {
            long id = level.number();
            client.send(
                    ClientBytes.of()
                            .message(
                                    id,
                                    new PrepareSave(
                                            StreamType.PAGE,
                                            false,
                                            level,
                                            PrepareSave.DEADLINE_DEFAULT,
                                            SaveId.NONE,
                                            -1,
                                            0,
                                            level.name(),
                                            Map.of(),
                                            Optional.empty()))
                            .pages(id, ClientBytes.page(id))
                            .message(id, new FinishSave(PAGE)));
            long sequence = client.next(id, SaveOpened.class).sequence();
            assertThat(client.next(id, Saved.class)).isEqualTo(new Saved(sequence, level));
        }
    }

    @Test
    void replaceKeepsTheOldNodeUntilFinish() {
        client.send(ClientBytes.of().save(1, "a", ClientBytes.page(1)));
        client.all();
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.replace("a"))
                        .pages(2, ClientBytes.page(2)));
        client.next(2, SaveOpened.class);
        assertSaved("a", 1, 1);
        client.send(ClientBytes.of().message(2, new FinishSave(PAGE)));
        client.next(2, Saved.class);
        assertSaved("a", 2, 1);
    }

    @Test
    void runningOutOfFramesIsAnsweredAtTheFinishAndFreesEverything() {
        client.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
        for (int i = 0; i < 6; i++) {
            client.send(ClientBytes.of().pages(1, ClientBytes.pagesFrom(i, 512)));
        }
        client.next(1, SaveOpened.class);
        client.expectNothing();
        assertNothingKept();
        client.send(
                ClientBytes.of()
                        .save(2, "b", ClientBytes.page(1))
                        .message(1, new FinishSave(6L * 512 * PAGE)));
        client.next(2, SaveOpened.class);
        client.next(2, Saved.class);
        client.nextError(1, Errno.ENOMEM);
    }

    private void refuses(PrepareSave prepare, String text) {
        try (EmbeddedClient other = served.greeted()) {
            other.send(ClientBytes.of().message(1, prepare));
            assertThat(other.nextError(1, Errno.EINVAL).text()).contains(text);
        }
    }

    private static PrepareSave prepare(StreamType type, Durability durability, long expiry) {
        return new PrepareSave(
                type,
                false,
                durability,
                0,
                SaveId.NONE,
                -1,
                expiry,
                "a",
                Map.of(),
                Optional.empty());
    }

    private static void assertAnswers(ErrorReply error, MessageType type) {
        assertThat(MessageType.of(error.answersNumber())).isEqualTo(type);
    }

    private void assertSaved(String name, long seed, int pages) {
        byte[] expected = new byte[pages * PAGE];
        for (int i = 0; i < pages; i++) {
            System.arraycopy(ClientBytes.page(seed + i), 0, expected, i * PAGE, PAGE);
        }
        assertThat(served.fixture().streams().peek(name)).isEqualTo(expected);
    }

    private void assertNothingKept() {
        client.runTasks();
        assertThat(served.framesFree()).isEqualTo(freeBefore);
    }
}
