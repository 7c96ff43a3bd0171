package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.client.fixture.TestTls;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.OutcomeIs;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One test for each row of the table "When something fails" of docs/client.md. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExceptionTableTest {
    /** The row's first cell. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    private @interface Row {
        String value();
    }

    private static final Path PAGE = Path.of("../docs/client.md");
    private static final byte[] BYTES = new byte[100_000];
    private static final PramConfig HASTY =
            PramConfig.defaults().withRetryFor(Duration.ofMillis(300));

    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client = PramClient.connect(daemon.uri());

    /** Of a daemon that stays away, or goes on refusing. */
    private final PramClient hasty = PramClient.lazy(daemon.uri(), HASTY);

    @AfterEach
    void closeAll() {
        client.close();
        hasty.close();
        daemon.close();
    }

    private PramClient impatient(Duration noProgress) {
        return PramClient.connect(daemon.uri(), HASTY.withNoProgress(noProgress));
    }

    @Test
    void everyRowOfThePageHasATestAndNoTestIsWithoutOne() throws IOException {
        String page = Files.readString(PAGE);
        String table =
                page.substring(
                        page.indexOf("<!-- rows -->"),
                        page.indexOf("<!-- end -->", page.indexOf("<!-- rows -->")));
        Stream<String> rows = table.lines().filter(line -> line.startsWith("| ")).skip(2);
        List<String> tested =
                Arrays.stream(ExceptionTableTest.class.getDeclaredMethods())
                        .map(method -> method.getAnnotation(Row.class))
                        .filter(Objects::nonNull)
                        .map(Row::value)
                        .toList();
        assertThat(rows.map(row -> row.split("\\|")[1].strip()))
                .containsExactlyInAnyOrderElementsOf(tested);
    }

    @Test
    @Row("refused")
    void theDaemonsRefusalHasItsErrno() {
        for (Errno errno : Errno.values()) {
            daemon.faults().refuse(MessageType.PREPARE_SAVE, errno, Integer.MAX_VALUE);
            assertRejected(errno, () -> hasty.openSave("n"));
        }
        assertThat(client.find("n")).isEmpty();
    }

    @Test
    @Row("refused here")
    void whatBreaksARuleIsNotSent() {
        daemon.close();
        assertRejected(Errno.ENAMETOOLONG, () -> client.save("x".repeat(256), BYTES));
        assertRejected(Errno.EINVAL, () -> client.save("", BYTES));
        SaveOptions reserved = SaveOptions.defaults().withMeta(Map.of("pram.x", "1"));
        assertRejected(Errno.EINVAL, () -> client.save("n", reserved, BYTES));
    }

    @Test
    @Row("daemon too old to salvage")
    void aDaemonThatCannotSalvageIsNotAskedTo() {
        client.save("n", BYTES);
        assertRejected(Errno.EINVAL, () -> client.openSalvage("n"));
        assertRejected(Errno.EINVAL, () -> client.openSalvageOfQuarantined(7));
        assertThat(client.find("n")).isPresent();
    }

    @Test
    @Row("daemon too old for a time to live")
    void aDaemonThatLetsNodesLiveForEverIsNotAskedToKeepOne() {
        SaveOptions mortal = SaveOptions.defaults().withTimeToLive(Duration.ofHours(1));
        assertRejected(Errno.EINVAL, () -> client.save("n", mortal, BYTES));
        assertRejected(Errno.EINVAL, () -> client.openSave("n", mortal));
        assertRejected(Errno.EINVAL, () -> client.openPages("n", mortal));
        assertThat(client.find("n")).isEmpty();
    }

    @Test
    @Row("not known")
    void whoIsNotKnownIsRefused() {
        daemon.gate().requireToken("another");
        assertRejected(Errno.EACCES, () -> PramClient.connect(daemon.uri()));
        assertRejected(Errno.EACCES, () -> client.save("n", BYTES)); // on a connection of its own
    }

    @Test
    @Row("token where others read")
    void aTokenIsNotSentInPlainTextToAnotherMachine() {
        PramConfig config = PramConfig.defaults().withToken("secret");
        assertRejected(Errno.EINVAL, () -> PramClient.connect("pram://192.0.2.1", config));
    }

    @Test
    @Row("no TLS that both trust")
    void whoIsNotTrustedIsNotTalkedTo() {
        TestTls authority = new TestTls();
        daemon.gate().useTls(authority.server(authority.ofThisMachine()));
        assertNotSent(Errno.EACCES, () -> PramClient.connect(daemon.uri()));
    }

    @Test
    @Row("page damaged")
    void aDamagedPageLeavesTheNode() {
        client.save("n", BYTES);
        daemon.find("n").orElseThrow().damage(7);
        assertThatThrownBy(() -> client.load("n", LoadStream::readAllBytes))
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.pageIndex()).hasValue(7));
        assertThat(daemon.find("n")).isPresent();
    }

    @Test
    @Row("replaced meanwhile")
    void aLoadDoesNotGoOnWithAnotherNode() {
        client.save("n", new byte[9 << 20]);
        SaveOptions replace = SaveOptions.defaults().withReplace(true);
        StreamReader<byte[], IOException> reader =
                in -> {
                    in.readNBytes(1 << 20);
                    client.save("n", replace, new byte[8 << 20]);
                    daemon.cutConnections();
                    return in.readAllBytes();
                };
        assertThatThrownBy(() -> client.peek("n", reader))
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ESTALE));
        assertThat(client.stat("n").length()).isEqualTo(8 << 20);
    }

    @Test
    @Row("gone away before finish")
    void whatTheDaemonHadNotHeardAtItsEndDidNotHappen() {
        SaveStream save = client.openSave("n");
        daemon.goAwayBefore(MessageType.FINISH_SAVE);
        assertNotSent(Errno.EAGAIN, save::finish);
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    @Row("no daemon")
    void withoutADaemonNothingIsSent() {
        daemon.close();
        assertNotSent(Errno.EAGAIN, () -> hasty.save("n", BYTES));
        assertNotSent(Errno.EAGAIN, () -> PramClient.connect(daemon.uri()));
    }

    @Test
    @Row("lost before finish")
    void whatIsLostBeforeItsFinishHasNotHappened() {
        SaveStream save = client.openSave("n");
        save.write(BYTES, 0, BYTES.length);
        daemon.cutConnections();
        assertNotSent(Errno.EAGAIN, save::finish);
        daemon.awaitGone("n");

        client.save("m", new byte[9 << 20]); // more than is asked for ahead
        try (LoadStream load = hasty.openLoad("m")) {
            daemon.close();
            assertNotSent(Errno.EAGAIN, load::readAllBytes);
        }
        assertThat(daemon.find("m").orElseThrow().record().state()).isEqualTo(NodeState.READY);
    }

    @Test
    @Row("not done")
    void aFinishThatWasNotDoneNeverWillBe() {
        daemon.cutBefore(MessageType.FINISH_SAVE);
        assertNotSent(Errno.EAGAIN, () -> client.save("n", out -> out.write(1)));
        assertThat(client.find("n")).isEmpty();

        daemon.cutBefore(MessageType.FINISH_SAVE);
        client.save("n", BYTES);
        assertThat(client.find("n")).isPresent();
    }

    @Test
    @Row("no progress")
    void aDaemonThatGivesNoSignEndsTheCall() {
        try (PramClient impatient = impatient(Duration.ofMillis(700))) {
            daemon.ignore(MessageType.STAT);
            assertNotSent(Errno.ETIMEDOUT, () -> impatient.stat("n"));
            daemon.ignore(MessageType.PREPARE_SAVE);
            assertNotSent(Errno.ETIMEDOUT, () -> impatient.openSave("n"));
        }
    }

    @Test
    @Row("deadline")
    void aDeadlineEndsTheCall() {
        client.save("n", BYTES);
        daemon.ignore(MessageType.PREPARE_LOAD);
        LoadOptions soon = LoadOptions.defaults().withDeadline(Duration.ofMillis(150));
        assertNotSent(Errno.ETIMEDOUT, () -> client.load("n", soon, LoadStream::readAllBytes));
        assertThat(client.find("n")).isPresent();
    }

    @Test
    @Row("interrupted")
    void anInterruptEndsTheCallAndStays() {
        Thread.currentThread().interrupt();
        assertNotSent(Errno.EAGAIN, () -> client.stat("n"));
        assertThat(Thread.interrupted()).isTrue();
        client.ping();

        client.save("n", BYTES);
        StreamReader<Void, RuntimeException> interrupted =
                in -> {
                    in.readAllBytes();
                    Thread.currentThread().interrupt();
                    return null;
                };
        assertNotSent(Errno.EAGAIN, () -> client.load("n", interrupted));
        assertThat(Thread.interrupted()).isTrue();
        daemon.awaitState("n", NodeState.READY);
    }

    @Test
    @Row("client closed")
    void aClosedClientSendsNothing() {
        client.close();
        assertNotSent(Errno.EBADF, () -> client.save("n", BYTES));
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    @Row("answer lost, save done")
    void aSaveWhoseAnswerIsLostIsSettled() {
        daemon.cutAfter(MessageType.FINISH_SAVE);
        long sequence = client.save("n", out -> out.write(1));
        assertThat(client.stat("n").sequence()).isEqualTo(sequence);
    }

    @Test
    @Row("answer lost, save gone")
    void aSaveThatIsGoneAgainWasDone() {
        daemon.cutAfter(MessageType.FINISH_SAVE);
        daemon.faults().answer(MessageType.OUTCOME, new OutcomeIs(Outcome.GONE, 0));
        assertThat(client.save("n", out -> out.write(1))).isPositive();
    }

    @Test
    @Row("answer lost, daemon cannot say")
    void aDaemonThatCannotSayLeavesTheOutcomeUnknown() {
        daemon.cutAfter(MessageType.FINISH_SAVE);
        daemon.faults().answer(MessageType.OUTCOME, new OutcomeIs(Outcome.UNKNOWN, 0));
        assertUnknown(Errno.EIO, () -> client.save("n", BYTES));
    }

    @Test
    @Row("answer lost, the node of before still there")
    void aReplacementIsNotDoneWhereTheNodeOfBeforeIsStillThere() {
        client.save("n", new byte[1]);
        SaveOptions replace = SaveOptions.defaults().withReplace(true);
        daemon.cutBefore(MessageType.FINISH_SAVE);
        daemon.faults().answer(MessageType.OUTCOME, new OutcomeIs(Outcome.UNKNOWN, 0));
        assertNotSent(Errno.EAGAIN, () -> client.save("n", replace, out -> out.write(BYTES)));
        assertThat(client.stat("n").length()).isEqualTo(1);

        daemon.cutAfter(MessageType.FINISH_SAVE);
        daemon.faults().answer(MessageType.OUTCOME, new OutcomeIs(Outcome.UNKNOWN, 0));
        assertThatThrownBy(() -> client.save("n", replace, out -> out.write(BYTES)))
                .isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    @Row("load left unread")
    void aLoadWhoseReaderHandsTheStreamOnDoesNotConsume() {
        client.save("n", BYTES);
        assertRejected(Errno.EINVAL, () -> client.load("n", in -> in));
        assertRejected(Errno.EINVAL, () -> client.findLoad("n", LoadStream::read));
        assertThatThrownBy(() -> client.findLoad("n", in -> readAndSayNothing(in)))
                .isInstanceOf(NullPointerException.class);
        assertThat(client.stat("n").state()).isEqualTo(NodeState.READY);
        client.load("n", in -> in.skip(BYTES.length));
        assertThat(client.find("n")).isEmpty();
    }

    private static Object readAndSayNothing(LoadStream in) {
        in.readAllBytes();
        return null;
    }

    @Test
    @Row("finish not answered")
    void aFinishWithoutAnAnswerIsUnknown() {
        daemon.ignore(MessageType.FINISH_SAVE);
        daemon.faults().answer(MessageType.OUTCOME, new OutcomeIs(Outcome.UNKNOWN, 0));
        try (PramClient impatient = impatient(Duration.ofSeconds(3))) { // all before it goes well
            assertUnknown(Errno.ETIMEDOUT, () -> impatient.save("n", BYTES));
        }
    }

    @Test
    @Row("force failed")
    void aDaemonWhoseForceFailedCannotSay() {
        ErrorReply failed =
                ErrorReply.of(Errno.EIO, MessageType.FINISH_SAVE, "force failed")
                        .withOutcomeUnknown();
        daemon.faults().answer(MessageType.FINISH_SAVE, failed);
        daemon.faults().answer(MessageType.OUTCOME, new OutcomeIs(Outcome.UNKNOWN, 0));
        assertUnknown(Errno.EIO, () -> client.save("n", BYTES));
    }

    @Test
    @Row("load finished, answer lost")
    void aConsumeWhoseAnswerIsLostIsUnknownOnceTheNodeIsGone() {
        client.save("n", BYTES);
        daemon.cutAfter(MessageType.FINISH_LOAD);
        assertUnknown(Errno.EIO, () -> client.load("n", LoadStream::readAllBytes));
        assertThat(client.find("n")).isEmpty();
    }

    @Test
    @Row("remove, answer lost")
    void aRemovalWhoseAnswerIsLostIsUnknown() {
        client.save("n", BYTES);
        daemon.cutAfter(MessageType.REMOVE);
        assertUnknown(Errno.EIO, () -> client.remove("n"));
        assertThat(client.find("n")).isEmpty();
    }

    @Test
    @Row("remove if sequence, answer lost")
    void aRemovalUnderASequenceSettlesItself() {
        long sequence = client.save("n", BYTES);
        daemon.cutAfter(MessageType.REMOVE);
        assertThat(client.removeIfSequence("n", sequence)).isEqualTo(sequence);
    }

    @Test
    @Row("remove all, answer lost")
    void aRemovalOfAllWhoseAnswerIsLostIsUnknown() {
        client.save("n", BYTES);
        daemon.cutAfter(MessageType.REMOVE_ALL);
        assertUnknown(Errno.EIO, () -> client.removeAll(""));
    }

    private static void assertRejected(Errno errno, Runnable call) {
        assertFailure(RejectedException.class, errno, call);
    }

    private static void assertNotSent(Errno errno, Runnable call) {
        assertFailure(NotSentException.class, errno, call);
    }

    private static void assertUnknown(Errno errno, Runnable call) {
        assertFailure(OutcomeUnknownException.class, errno, call);
    }

    private static void assertFailure(
            Class<? extends PramException> type, Errno errno, Runnable call) {
        Throwable failure = catchThrowable(call::run);
        assertThat(failure).isInstanceOf(type);
        assertThat(((PramException) failure).errno()).as(failure.getMessage()).isEqualTo(errno);
    }
}
