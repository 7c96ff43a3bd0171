package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.WarmReport.Origin;
import io.pramd.client.WarmReport.Reason;
import io.pramd.client.fixture.FakeDaemon;
import io.pramd.client.fixture.Letters;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the state is from, for every reason that there is. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WarmRestoreTest {
    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client =
            PramClient.lazy(
                    daemon.uri(),
                    PramConfig.defaults()
                            .withNoProgress(Duration.ofSeconds(5))
                            .withRetryFor(Duration.ofMillis(300)));

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @Test
    void readsTheNodeAndLeavesIt() {
        saved("abc", "1");

        try (WarmState<Letters> warm = start()) {
            assertThat(warm.get().text()).isEqualTo("abc");
            assertThat(warm.origin()).isEqualTo(Origin.RESTORED);
            assertThat(warm.report().reason()).isEqualTo(Reason.NODE_READ);
            assertThat(warm.report().bytes()).isEqualTo(3);
            assertThat(warm.report().node().orElseThrow().sequence()).isEqualTo(1);
            assertThat(warm.report().failure()).isEmpty();
            assertThat(warm.report().waited()).isZero();
            assertThat(warm.report())
                    .asString()
                    .matches("warm state n: restored 3 bytes in \\d+ ms: saved=.*Z sequence=1");
            assertThat(daemon.find("n")).isPresent();
            assertThat(warm.lastCheckpoint()).isEmpty();
        }
    }

    @Test
    void buildsWhenThereIsNoNode() {
        WarmReport report = rebuilt();

        assertThat(report.reason()).isEqualTo(Reason.NO_NODE);
        assertThat(report.bytes()).isZero();
        assertThat(report.node()).isEmpty();
        assertThat(report)
                .asString()
                .matches("warm state n: built in \\d+ ms, since there is no node");
    }

    @Test
    void buildsWhenTheFingerprintDiffers() {
        saved("abc", "0");

        WarmReport report = rebuilt();

        assertThat(report.reason()).isEqualTo(Reason.FINGERPRINT_DIFFERS);
        assertThat(report.detail()).isEqualTo("saved=0 expected=1");
        assertThat(report.node()).isPresent();
    }

    @Test
    void aNodeWithoutFingerprintFitsAStateWithout() {
        client.save("n", "abc".getBytes());

        assertThat(rebuilt().reason()).isEqualTo(Reason.FINGERPRINT_DIFFERS);
        client.save("m", "abc".getBytes());
        try (WarmState<Letters> warm =
                WarmState.of(client, "m").restoreOrBuild(Letters::read, () -> new Letters(""))) {
            assertThat(warm.get().text()).isEqualTo("abc");
        }
    }

    @Test
    void buildsWhenTheNodeIsAPageStream() {
        try (PageWriter pages = client.openPages("n")) {
            pages.append(ByteBuffer.allocate(4096), 0);
            pages.finish();
        }

        assertThat(rebuilt().reason()).isEqualTo(Reason.WRONG_TYPE);
    }

    @ParameterizedTest
    @EnumSource(
            value = MessageType.class,
            names = {"STAT", "PREPARE_LOAD"})
    void buildsWhenTheNodeIsQuarantined(MessageType found) {
        saved("abc", "1");
        daemon.refuse(found, Errno.EIO, 1);

        WarmReport report = rebuilt();

        assertThat(report.reason()).isEqualTo(Reason.DAMAGED);
        assertThat(report.failure()).containsInstanceOf(RejectedException.class);
    }

    @Test
    void buildsWhenAPageDoesNotVerifyWhateverTheReaderMakesOfIt() {
        saved("abc", "1");
        daemon.find("n").orElseThrow().damage(0);

        WarmReport report;
        try (WarmState<Letters> warm =
                setup().restoreOrBuild(WarmRestoreTest::readAtAnyCost, () -> new Letters("new"))) {
            assertThat(warm.get().text()).isEqualTo("new");
            report = warm.report();
        }

        assertThat(report.reason()).isEqualTo(Reason.DAMAGED);
        assertThat(report.detail()).contains("EIO", "page 0");
    }

    private static Letters readAtAnyCost(LoadStream in) {
        try {
            return Letters.read(in);
        } catch (PramException e) {
            return new Letters("half of it: " + e.errno());
        }
    }

    @Test
    void buildsWhenTheReaderThrows() {
        saved("abc", "1");

        IOException thrown = new EOFException("too short");
        WarmReport report =
                rebuilt(
                        in -> {
                            throw thrown;
                        });

        assertThat(report.reason()).isEqualTo(Reason.READER_FAILED);
        assertThat(report.failure()).containsSame(thrown);
        assertThat(report)
                .asString()
                .endsWith("the reader failed: java.io.EOFException: too short");
    }

    @Test
    void buildsWhenTheReaderThrowsAnErrorOrReturnsNull() {
        saved("abc", "1");

        assertThat(
                        rebuilt(
                                        in -> {
                                            throw new StackOverflowError();
                                        })
                                .failure())
                .containsInstanceOf(StackOverflowError.class);
        saved("abc", "1");
        assertThat(rebuilt(in -> null).failure()).containsInstanceOf(NullPointerException.class);
    }

    @Test
    void anInterruptedReaderLeavesTheThreadInterrupted() {
        saved("abc", "1");

        WarmReport report =
                rebuilt(
                        in -> {
                            throw new InterruptedException();
                        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(report.reason()).isEqualTo(Reason.READER_FAILED);
    }

    @Test
    void aReaderMayCloseWhatItReads() {
        saved("abc", "1");

        try (WarmState<Letters> warm =
                setup().restoreOrBuild(
                                in -> {
                                    try (in) {
                                        return Letters.read(in);
                                    }
                                },
                                () -> new Letters("new"))) {
            assertThat(warm.get().text()).isEqualTo("abc");
        }
    }

    @Test
    void buildsWhenNoDaemonAnswers() {
        daemon.close();

        WarmReport report = rebuilt();

        assertThat(report.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(report.failure()).containsInstanceOf(NotSentException.class);
    }

    @Test
    void buildsWhenTheDaemonGoesAwayWhileTheReaderReads() {
        saved("more than is asked for at once".repeat(400_000), "1");

        WarmReport report =
                rebuilt(
                        in -> {
                            daemon.cutConnections();
                            daemon.close();
                            return Letters.read(in);
                        });

        assertThat(report.reason()).isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void buildsWhenTheDaemonRefuses() {
        saved("abc", "1");
        daemon.refuse(MessageType.PREPARE_LOAD, Errno.EACCES, 1);

        assertThat(rebuilt().reason()).isEqualTo(Reason.REFUSED);
    }

    @Test
    void waitsForASaveThatIsUnderWay() {
        saved("abc", "1");
        daemon.refuse(MessageType.PREPARE_LOAD, Errno.EBUSY, 2);

        try (WarmState<Letters> warm =
                setup().waitFor(Duration.ofSeconds(50))
                        .restoreOrBuild(Letters::read, () -> new Letters("new"))) {
            assertThat(warm.get().text()).isEqualTo("abc");
            assertThat(warm.report().waited()).isPositive();
            assertThat(warm.report().waitedInVain()).isFalse();
            assertThat(warm.report()).asString().contains("; waited ");
        }
    }

    @Test
    void takesWhatThereIsWhenTheSaveDoesNotEnd() {
        saved("abc", "1");
        daemon.refuse(MessageType.PREPARE_LOAD, Errno.EBUSY, Integer.MAX_VALUE);

        WarmReport report = rebuilt();

        assertThat(report.reason()).isEqualTo(Reason.BEING_SAVED);
        assertThat(report.waited()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        assertThat(report.waitedInVain()).isTrue();
    }

    @Test
    void doesNotWaitUnlessItMay() {
        saved("abc", "1");
        daemon.refuse(MessageType.PREPARE_LOAD, Errno.EBUSY, 1);

        try (WarmState<Letters> warm =
                setup().waitFor(Duration.ZERO)
                        .restoreOrBuild(Letters::read, () -> new Letters("new"))) {
            assertThat(warm.report().reason()).isEqualTo(Reason.BEING_SAVED);
            assertThat(warm.report().waited()).isZero();
        }
    }

    @Test
    void whatTheBuilderThrowsGoesToTheCallerAndNothingIsSaved() {
        assertThatThrownBy(
                        () ->
                                setup().restoreOrBuild(
                                                Letters::read,
                                                () -> {
                                                    throw new IOException("no sources");
                                                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no sources");
        assertThatThrownBy(() -> setup().restoreOrBuild(Letters::read, () -> null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("builder");
        assertThat(client.list()).isEmpty();
    }

    @Test
    void refusesWhatCannotBeSavedBeforeAnythingIsDone() {
        assertThatThrownBy(() -> WarmState.of(client, "")).isInstanceOf(RejectedException.class);
        assertThatThrownBy(() -> setup().fingerprint("x".repeat(4000)))
                .isInstanceOf(RejectedException.class);
        assertThatThrownBy(() -> setup().checkpointEvery(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> setup().waitFor(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Else it would be found out behind the build, which may take an hour. */
    @Test
    void fingerprintThatIsTakenIsSavedToo() {
        int bytes = 4000;
        while (!isTaken("x".repeat(bytes))) {
            bytes--;
        }
        String longest = "x".repeat(bytes);
        try (WarmState<String> warm =
                setup().fingerprint(longest)
                        .restoreOrBuild(
                                in -> "read", () -> "built", (state, out) -> out.write(1))) {
            assertThat(warm.checkpoint().isSaved()).isTrue();
        }
    }

    private boolean isTaken(String fingerprint) {
        try {
            setup().fingerprint(fingerprint);
            return true;
        } catch (RejectedException e) {
            return false;
        }
    }

    private void saved(String text, String fingerprint) {
        client.save(
                "n",
                SaveOptions.defaults()
                        .withReplace(true)
                        .withMeta(Map.of(WarmState.FINGERPRINT_KEY, fingerprint)),
                text.getBytes());
    }

    private WarmSetup setup() {
        return WarmState.of(client, "n").fingerprint("1").waitFor(Duration.ofMillis(200));
    }

    private WarmState<Letters> start() {
        return setup().restoreOrBuild(Letters::read, () -> new Letters("new"));
    }

    private WarmReport rebuilt() {
        return rebuilt(Letters::read);
    }

    private WarmReport rebuilt(StreamReader<Letters, ?> reader) {
        try (WarmState<Letters> warm =
                setup().shutdownWithin(Duration.ofMillis(500))
                        .restoreOrBuild(reader, () -> new Letters("new"))) {
            if (warm.origin() == Origin.REBUILT) {
                assertThat(warm.get().text()).isEqualTo("new");
            }
            return warm.report();
        }
    }
}
