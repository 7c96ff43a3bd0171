package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pramd.client.fixture.FakeDaemon;
import io.pramd.client.fixture.TestTls;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.MessageType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A token comes to the daemon, and nowhere else. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TokenTest {
    private static final String TOKEN = "pramd-s3cr3t-token-ä";
    private static final Duration FOR_EVER = Duration.ofHours(1);

    @TempDir private Path folder;
    private final FakeDaemon daemon = new FakeDaemon();
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        daemon.close();
    }

    private PramConfig config() {
        return PramConfig.defaults()
                .withConnectWait(FOR_EVER)
                .withRetryFor(FOR_EVER)
                .withListener(
                        new PramListener() {
                            @Override
                            public void connected(PramUri daemon) {
                                heard.add("connected " + daemon);
                            }

                            @Override
                            public void lost(PramUri daemon, String reason) {
                                heard.add("lost " + daemon + " " + reason);
                            }

                            @Override
                            public void retried(
                                    String verb, String name, int attempt, PramException reason) {
                                heard.add("retried " + verb + " " + texts(reason));
                            }

                            @Override
                            public void ended(Ended call) {
                                heard.add("ended " + call);
                            }
                        });
    }

    private static void assertRefused(Errno errno, Throwable thrown) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    void theDaemonIsShownTheToken() {
        daemon.gate().requireToken(TOKEN);
        try (PramClient client = PramClient.connect(daemon.uri(), config().withToken(TOKEN))) {
            client.save("n", new byte[10]);
        }
        assertThat(daemon.gate().shownToken()).hasValue(TOKEN);
    }

    @Test
    void withoutATokenNoneIsShown() {
        PramClient.connect(daemon.uri(), config()).close();
        assertThat(daemon.gate().shownToken()).isEmpty();
    }

    @Test
    void aTokenFileIsReadAnewAtEachConnection() throws IOException {
        for (String content : List.of(TOKEN, TOKEN + "\n", TOKEN + "\r\n")) {
            Path file = Files.writeString(folder.resolve("token"), content);
            try (PramClient client =
                    PramClient.connect(daemon.uri(), config().withTokenFile(file))) {
                assertThat(daemon.gate().shownToken()).hasValue(TOKEN);
                Files.writeString(file, "another");
                daemon.cutConnections();
                client.ping();
                assertThat(daemon.gate().shownToken()).hasValue("another");
            }
        }
    }

    @Test
    void aTokenOf4096BytesIsTheLongest() throws IOException {
        String longest = "x".repeat(4096);
        PramConfig.defaults().withToken(longest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PramConfig.defaults().withToken(longest + "y"))
                .withMessage("token: too long: bytesMax=4096");
        Path file = folder.resolve("token");
        Files.writeString(file, longest + "\n");
        PramClient.connect(daemon.uri(), config().withTokenFile(file)).close();
        assertThat(daemon.gate().shownToken()).hasValue(longest);
        for (String tooLong : List.of(longest + "y", longest.repeat(3))) {
            Files.writeString(file, tooLong);
            assertFileRefused(file, "too long: bytesMax=");
        }
    }

    @Test
    void whatCannotBeATokenIsRefused() throws IOException {
        for (String text : List.of("", "a\nb", "a\tb", "a\u0000", "\ufefftoken")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PramConfig.defaults().withToken(text));
            assertFileRefused(Files.writeString(folder.resolve("token"), text), "token file: ");
        }
        assertFileRefused(Files.writeString(folder.resolve("token"), "\n"), "it is empty");
        assertFileRefused(Files.writeString(folder.resolve("token"), "a\n\n"), "printable");
        assertFileRefused(
                Files.write(folder.resolve("token"), new byte[] {(byte) 0xff}), "not UTF-8");
    }

    private void assertFileRefused(Path file, String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PramClient.connect(daemon.uri(), config().withTokenFile(file)))
                .withMessageContaining(text)
                .withMessageEndingWith("file=" + file);
    }

    @Test
    void inPlainTextATokenGoesToThisMachineOnly() {
        // of the documentation's range: where it is tried, nothing answers
        PramConfig config = config().withToken(TOKEN);
        Throwable refused =
                catchThrowable(() -> PramClient.connect("pram://192.0.2.1:7726", config));
        assertRefused(Errno.EINVAL, refused);
        assertThat(refused)
                .hasMessageContaining("use prams://: server=pram://192.0.2.1:7726")
                .hasMessageNotContaining(TOKEN);
        try (PramClient client = PramClient.lazy("pram://192.0.2.1", config)) {
            assertRefused(Errno.EINVAL, catchThrowable(() -> client.save("n", new byte[1])));
        }
    }

    @Test
    void aTokenMayGoWhereNobodyElseReads() {
        InetSocketAddress far = new InetSocketAddress("192.0.2.1", 1);
        InetSocketAddress unknown = InetSocketAddress.createUnresolved("host", 1);
        PramConfig config = config().withToken(TOKEN);
        Credentials plain = new Credentials(PramUri.parse("pram://host"), config);
        assertThatThrownBy(() -> plain.requireSecrecy(far)).isInstanceOf(RejectedException.class);
        plain.requireSecrecy(new InetSocketAddress("127.8.9.1", 1));
        plain.requireSecrecy(new InetSocketAddress("::1", 1));
        plain.requireSecrecy(unknown); // there is a second look when it is known
        new Credentials(PramUri.parse("prams://host"), config).requireSecrecy(far);
        new Credentials(PramUri.parse("pram://host"), config()).requireSecrecy(far);
    }

    @Test
    void whoIsNotKnownIsToldSoOnce() {
        daemon.gate().requireToken(TOKEN);
        Throwable refused =
                catchThrowable(
                        () -> PramClient.connect(daemon.uri(), config().withToken("another")));
        assertRefused(Errno.EACCES, refused);
        assertThat(refused).hasMessageContaining("nobody is known by that");
        assertThat(heard).noneMatch(event -> event.startsWith("retried"));
    }

    @Test
    void aDaemonThatHasTooManyTokensToVerifyIsAskedAgain() {
        daemon.refuse(MessageType.HELLO, Errno.EAGAIN, 3);
        PramConfig once = PramConfig.defaults().withToken(TOKEN);
        PramClient.connect(daemon.uri(), once).close();
        daemon.refuse(MessageType.HELLO, Errno.EAGAIN, Integer.MAX_VALUE);
        PramConfig soon = once.withConnect(Duration.ofMillis(200));
        assertThatThrownBy(() -> PramClient.connect(daemon.uri(), soon))
                .isInstanceOfSatisfying(
                        PramException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN));
    }

    @Test
    void whoseRightsAreTakenAwayHearsThatInTheCallUnderWay() {
        try (PramClient client = PramClient.connect(daemon.uri(), config().withToken(TOKEN))) {
            client.save("n", new byte[10]);
            daemon.ignore(MessageType.PING);
            var ping = client.async().ping();
            SaveStream save = client.openSave("other");
            daemon.gate().requireToken("another");
            while (!ping.isDone()) {
                daemon.endConnections(Errno.EACCES, "taken away");
            }
            assertThat(catchThrowable(ping::join)).hasCauseInstanceOf(RejectedException.class);
            Throwable refused = null;
            while (refused == null) { // some of it may be on its way before the end is heard of
                refused = catchThrowable(() -> save.write(new byte[1 << 20]));
            }
            assertRefused(Errno.EACCES, refused);
            assertThatThrownBy(save::finish).isInstanceOf(RejectedException.class);
            assertRefused(Errno.EACCES, catchThrowable(() -> client.stat("n")));
        }
        assertThat(heard).anyMatch(event -> event.contains("lost") && event.contains("EACCES"));
    }

    @Test
    void aSaveWhoseAnswerIsLostToThatIsUnknown() {
        try (PramClient client = PramClient.connect(daemon.uri(), config().withToken(TOKEN))) {
            client.save("before", new byte[1]); // the connection that the next one goes over
            daemon.gate().requireToken("another");
            ErrorReply revoked =
                    ErrorReply.of(Errno.EACCES, MessageType.UNKNOWN, "taken away").andClose();
            daemon.faults().answer(MessageType.FINISH_SAVE, revoked);
            daemon.cutBefore(MessageType.OUTCOME); // that connection is ended, too
            Throwable lost = catchThrowable(() -> client.save("n", new byte[10]));
            assertThat(lost)
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasMessageContaining("EACCES");
        }
    }

    @Test
    void aClosingEinvalOfTheHandshakeIsFinalAndClear() {
        ErrorReply tls =
                ErrorReply.of(Errno.EINVAL, MessageType.UNKNOWN, "TLS is spoken here: use prams")
                        .andClose();
        daemon.faults().answer(MessageType.HELLO, tls);
        Throwable refused = catchThrowable(() -> PramClient.connect(daemon.uri(), config()));
        assertRefused(Errno.EINVAL, refused);
        assertThat(refused).hasMessageContaining("TLS is spoken here: use prams");
    }

    @Test
    void nothingShowsTheToken() throws IOException {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        root.setLevel(Level.TRACE);
        log.start();
        root.addAppender(log);
        List<String> shown = new ArrayList<>();
        try {
            runIntoEverything(shown);
        } finally {
            root.setLevel(before);
            root.detachAppender(log);
        }
        List.copyOf(log.list).forEach(event -> shown.add(event.getFormattedMessage()));
        shown.addAll(heard);
        assertThat(shown).hasSizeGreaterThan(10).noneMatch(text -> text.contains("s3cr3t"));
    }

    private void runIntoEverything(List<String> shown) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        TestTls authority = new TestTls();
        for (PramConfig config : List.of(config().withToken(TOKEN), config().withTokenFile(file))) {
            shown.add(config + " " + config.token());
            try (PramClient client = PramClient.connect(daemon.uri(), config)) {
                shown.add(client.toString());
                daemon.cutConnections();
                client.ping();
                daemon.gate().requireToken("another");
                daemon.cutConnections();
                shown.add(texts(catchThrowable(client::ping)));
            }
            shown.add(texts(catchThrowable(() -> PramClient.connect("pram://192.0.2.1", config))));
            daemon.gate().useTls(authority.server(authority.ofThisMachine()));
            shown.add(texts(catchThrowable(() -> PramClient.connect(daemon.uri(), config))));
            daemon.gate().useTls(null);
            daemon.gate().requireToken(TOKEN);
        }
        String bad = TOKEN + "\n" + TOKEN;
        shown.add(texts(catchThrowable(() -> PramConfig.defaults().withToken(bad))));
        Files.writeString(file, bad);
        PramConfig withBadFile = config().withTokenFile(file);
        shown.add(texts(catchThrowable(() -> PramClient.connect(daemon.uri(), withBadFile))));
    }

    /** With the causes and all that was suppressed. */
    private static String texts(Throwable thrown) {
        StringWriter out = new StringWriter();
        thrown.printStackTrace(new PrintWriter(out, true));
        return out.toString();
    }
}
