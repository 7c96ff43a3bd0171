package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.SaveId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the daemon still holds for a lost connection does not stand in the next attempt's way. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LeftoverTest {
    private static final int MEBIBYTE = 1 << 20;

    /** Used up by what stands in the way; all before it goes well, also on a slow machine. */
    private static final Duration SOON = Duration.ofSeconds(3);

    private final List<String> retried = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client =
            PramClient.connect(daemon.uri(), PramConfig.defaults().withListener(new Recorder()));

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @Test
    void aSaveWhoseOpeningWasLostOpensAllTheSame() {
        daemon.faults().noticeNoLoss();
        daemon.cutAfter(MessageType.PREPARE_SAVE);
        try (SaveStream save = client.openSave("n")) {
            save.write(1);
            save.finish();
        }
        daemon.cutAfter(MessageType.PREPARE_SAVE);
        client.save("m", out -> out.write(1));
        daemon.cutAfter(MessageType.PREPARE_SAVE);
        try (PageWriter pages = client.openPages("p")) {
            pages.finish();
        }
        daemon.cutAfter(MessageType.PREPARE_SAVE);
        client.save("whole", new byte[10]);
        assertThat(client.list()).hasSize(4);
        assertThat(retried).hasSize(4);
    }

    @Test
    void aSaveUnderAGivenIdWaitsForTheDaemonToNotice() throws InterruptedException {
        SaveId mine = SaveId.random();
        SaveOptions options = SaveOptions.defaults().withSaveId(mine);
        daemon.faults().noticeNoLoss();
        daemon.cutAfter(MessageType.PREPARE_SAVE);
        Thread later =
                new Thread(
                        () -> {
                            while (retried.size() < 3) {
                                Thread.onSpinWait();
                            }
                            daemon.faults().noticeLosses();
                        });
        later.start();
        long sequence = client.save("n", options, out -> out.write(1));
        later.join();
        assertThat(client.outcome(mine).sequence()).hasValue(sequence);
    }

    @Test
    void anIdThatIsStillInUseAtTheEndIsNoMisuse() {
        SaveId mine = SaveId.random();
        SaveOptions soon = SaveOptions.defaults().withSaveId(mine).withDeadline(SOON);
        daemon.faults().noticeNoLoss();
        daemon.cutAfter(MessageType.PREPARE_SAVE);
        assertThatThrownBy(() -> client.openSave("n", soon))
                .isInstanceOfSatisfying(
                        NotSentException.class, LeftoverTest::requireLossAndRefusal);
        daemon.faults().noticeLosses();
        daemon.awaitGone("n");
        client.save("n", soon.withDeadline(null), new byte[10]);
        assertThat(client.outcome(mine).outcome()).isEqualTo(Outcome.DONE);
    }

    private static void requireLossAndRefusal(NotSentException lost) {
        assertThat(lost.errno()).isEqualTo(Errno.EAGAIN);
        assertThat(lost).hasMessageContaining("connection");
        assertThat(lost.getSuppressed())
                .hasSize(1)
                .allSatisfy(
                        e -> {
                            assertThat(e).hasMessageContaining("save id is in use");
                            assertThat(e.getSuppressed()).isEmpty();
                        });
    }

    @Test
    void aLeftoverThatCouldNotBeAskedAboutIsAskedAboutAgain() {
        daemon.faults().noticeNoLoss();
        daemon.faults().refuse(MessageType.OUTCOME, Errno.EAGAIN);
        daemon.cutAfter(MessageType.PREPARE_SAVE);
        client.openSave("n").finish();
        assertThat(retried).as("for the lost connection, and for EEXIST").hasSize(2);
    }

    @Test
    void aNameThatItsOwnLeftoverHoldsIsNotCalledTaken() {
        daemon.faults().noticeNoLoss();
        daemon.faults().refuse(MessageType.OUTCOME, Errno.EAGAIN, Integer.MAX_VALUE);
        daemon.cutAfter(MessageType.PREPARE_SAVE);
        SaveOptions soon = SaveOptions.defaults().withDeadline(SOON);
        assertThatThrownBy(() -> client.openSave("n", soon))
                .isInstanceOfSatisfying(
                        NotSentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN));
    }

    @Test
    void aLoadThatIsBusyBehindALossNamesTheLoss() {
        client.save("n", new byte[10]);
        daemon.faults().noticeNoLoss();
        daemon.cutAfter(MessageType.PREPARE_LOAD);
        LoadOptions soon = LoadOptions.defaults().withDeadline(SOON);
        assertBusyBehindLoss(() -> client.openLoad("n", soon));
    }

    @Test
    void aLoadWhoseFinishCouldNotBeSentNamesTheLoss() {
        client.save("n", new byte[10]);
        LoadOptions soon = LoadOptions.defaults().withDeadline(SOON);
        LoadStream load = client.openLoad("n", soon);
        load.readAllBytes();
        daemon.faults().refuse(MessageType.REMOVE, Errno.EBUSY, Integer.MAX_VALUE);
        daemon.cutConnections();
        while (open.get() > 0) {
            Thread.onSpinWait(); // so that the finish is not sent
        }
        assertBusyBehindLoss(load::finish);
    }

    private static void assertBusyBehindLoss(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> {
                            assertThat(e.errno()).isEqualTo(Errno.EBUSY);
                            assertThat(e.getSuppressed()).hasSize(1);
                            assertThat(e.getSuppressed()[0]).isInstanceOf(NotSentException.class);
                        });
    }

    @Test
    void aNameThatIsTakenIsRefusedAtOnceAllTheSame() {
        client.save("n", new byte[10]);
        SaveOptions own = SaveOptions.defaults();
        for (SaveOptions options : List.of(own, own.withSaveId(SaveId.random()))) {
            retried.clear();
            daemon.cutBefore(MessageType.PREPARE_SAVE);
            PramConfig patient =
                    PramConfig.defaults()
                            .withRetryFor(Duration.ofHours(1))
                            .withListener(new Recorder());
            try (PramClient other = PramClient.connect(daemon.uri(), patient)) {
                assertThatThrownBy(() -> other.openSave("n", options))
                        .isInstanceOfSatisfying(
                                RejectedException.class,
                                e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
            }
            assertThat(retried).as("for the lost connection alone").hasSize(1);
        }
    }

    @Test
    void aConnectionThatIsTooOldToSaveOnIsLeft() {
        client.save("first", new byte[10]);
        daemon.faults().refuse(MessageType.PREPARE_SAVE, Errno.ESTALE);
        client.save("n", new byte[10]);
        daemon.faults().refuse(MessageType.PREPARE_SAVE, Errno.ESTALE);
        client.openSave("m").finish();
        assertThat(client.list()).hasSize(3);
        assertThat(retried).containsExactly("save n", "save m");
    }

    @Test
    void aSaveIdThatIsFencedIsRefused() {
        SaveId fenced = SaveId.random();
        client.outcome(fenced);
        SaveOptions options = SaveOptions.defaults().withSaveId(fenced);
        assertThatThrownBy(() -> client.save("n", options, new byte[10]))
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ESTALE));
        client.save("n", new byte[10]);
    }

    @Test
    void aLoadThatHadWaitedGoesOnWhenTheDaemonHasNoticed() throws Exception {
        client.save("n", new byte[9 * MEBIBYTE]);
        Duration wait = Duration.ofMillis(50);
        LoadOptions waits = LoadOptions.defaults().withWaitFor(wait);
        try (LoadStream load = client.openLoad("n", waits)) {
            load.readNBytes(MEBIBYTE);
            TimeUnit.NANOSECONDS.sleep(wait.toNanos()); // so that none of it is left
            daemon.faults().noticeNoLoss();
            daemon.cutConnections();
            Thread later =
                    new Thread(
                            () -> {
                                while (retried.size() < 3) {
                                    Thread.onSpinWait();
                                }
                                daemon.faults().noticeLosses();
                            });
            later.start();
            assertThat(load.readAllBytes()).hasSize(8 * MEBIBYTE);
            load.finish();
            later.join();
        }
        assertThat(daemon.find("n")).isEmpty();
    }

    /** Thread-safe. */
    private final class Recorder implements PramListener {
        @Override
        public void connected(PramUri uri) {
            open.incrementAndGet();
        }

        @Override
        public void lost(PramUri uri, String reason) {
            open.decrementAndGet();
        }

        @Override
        public void retried(String verb, String name, int attempt, PramException reason) {
            retried.add(verb + " " + name);
        }
    }
}
