package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pramd.client.WarmCheckpoint.Counts;
import io.pramd.client.WarmCheckpoint.Result;
import io.pramd.client.fixture.FakeDaemon;
import io.pramd.client.fixture.Letters;
import io.pramd.client.fixture.StandStill;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Features;
import io.pramd.protocol.MessageType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a state is saved, and what happens when it cannot be. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WarmCheckpointTest {
    private static final Duration OFTEN = Duration.ofMillis(5);

    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client =
            PramClient.lazy(
                    daemon.uri(),
                    PramConfig.defaults()
                            .withNoProgress(Duration.ofSeconds(5))
                            .withRetryFor(Duration.ofMillis(200)));
    private final Logger logger =
            (Logger) org.slf4j.LoggerFactory.getLogger(WarmState.class.getName());
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void closeBoth() {
        logger.detachAppender(log);
        logger.setLevel(null);
        client.close();
        daemon.close();
    }

    @Test
    void whatWasBuiltIsSavedAtOnceAndWhatWasRestoredIsNot() {
        try (WarmState<Letters> built = start(setup())) {
            await(() -> built.counts().saved() == 1);
            assertThat(saved()).isEqualTo("built");
            try (WarmState<Letters> restored = start(setup())) {
                assertThat(restored.checkpoint().isSaved()).isTrue();
                assertThat(restored.counts()).isEqualTo(new Counts(1, 0, 0));
            }
        }
    }

    @Test
    void savesAgainAndAgainWhatTheStateHasBecome() {
        try (WarmState<Letters> warm = start(setup().checkpointEvery(OFTEN))) {
            await(() -> warm.counts().saved() >= 3);
            warm.get().become("later");
            await(() -> saved().equals("later"));
            assertThat(warm.lastCheckpoint().orElseThrow().bytes()).isEqualTo(5);
        }
        assertThat(client.list()).hasSize(1);
        assertThat(client.stat("n").meta())
                .containsEntry(WarmState.FINGERPRINT_KEY, "1")
                .containsKey(WarmState.STARTED_KEY);
    }

    @Test
    void aCheckpointLivesAsLongAsIsSaid() {
        daemon.gate().offer(Features.TIME_TO_LIVE);
        try (WarmState<Letters> warm = start(setup().timeToLive(Duration.ofDays(1)))) {
            assertThat(warm.checkpoint().isSaved()).isTrue();
            assertThat(daemon.find("n").orElseThrow().ttlMillis()).isEqualTo(86_400_000);
        }
        try (WarmState<Letters> warm = start(setup())) {
            assertThat(warm.checkpoint().isSaved()).isTrue();
            assertThat(daemon.find("n").orElseThrow().ttlMillis()).isZero();
        }
    }

    @Test
    void savesForTheLastTimeWhenClosed() {
        WarmState<Letters> warm = start(setup());
        warm.get().become("last");

        Thread.currentThread().interrupt();
        warm.close();
        assertThat(Thread.interrupted()).isTrue();
        warm.close();

        assertThat(saved()).isEqualTo("last");
        assertThat(warm.counts().saved()).isLessThanOrEqualTo(2);
        assertThatThrownBy(warm::checkpoint)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        await(() -> threads().isEmpty());
        assertThat(messages(Level.INFO))
                .first()
                .asString()
                .contains("warm state n: built in", "no node");
        assertThat(messages(Level.INFO))
                .last()
                .asString()
                .contains("last checkpoint: saved 4 bytes");
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("pram-warm-"))
                .toList();
    }

    @Test
    void isWrittenByOneDaemonThreadAlone() throws Exception {
        AtomicInteger writing = new AtomicInteger();
        AtomicBoolean wrong = new AtomicBoolean();
        try (WarmState<Letters> warm =
                start(
                        setup().checkpointEvery(OFTEN),
                        (letters, out) -> {
                            boolean isAlone = writing.incrementAndGet() == 1;
                            if (!isAlone || !Thread.currentThread().isDaemon()) {
                                wrong.set(true);
                            }
                            Thread.sleep(1);
                            letters.writeTo(out);
                            writing.decrementAndGet();
                        })) {
            IntStream.range(0, 20).parallel().forEach(i -> warm.checkpoint());
            assertThat(warm.counts().saved()).isGreaterThanOrEqualTo(20);
        }
        assertThat(wrong).isFalse();
    }

    @Test
    void goesOnAfterFailuresAndWarnsOnceOfEachKindUntilItWorksAgain() {
        try (WarmState<Letters> warm = start(setup())) {
            await(() -> warm.counts().saved() == 1);
            warm.get().become("later");
            for (int round = 0; round < 2; round++) {
                daemon.refuse(MessageType.PREPARE_SAVE, Errno.ENOMEM, 3);
                for (int i = 0; i < 3; i++) {
                    WarmCheckpoint failed = warm.checkpoint();
                    assertThat(failed.result()).isEqualTo(Result.FAILED);
                    assertThat(failed.failure()).containsInstanceOf(RejectedException.class);
                    assertThat(saved()).isEqualTo("built");
                }
                assertThat(warm.counts().failed()).isEqualTo(3 * (round + 1));
                assertThat(messages(Level.WARN)).hasSize(round + 1);
                warm.get().become("built");
                assertThat(warm.checkpoint().isSaved()).isTrue();
            }
            assertThat(messages(Level.WARN)).first().asString().contains("ENOMEM");
            assertThat(messages(Level.INFO)).hasSize(3).last().asString().contains("saved 5 bytes");
        }
    }

    @Test
    void aWriterThatThrowsLeavesTheCopyOfBefore() {
        AtomicBoolean broken = new AtomicBoolean();
        try (WarmState<Letters> warm =
                start(
                        setup(),
                        (letters, out) -> {
                            letters.writeTo(out);
                            if (broken.get()) {
                                throw new IOException("half-way");
                            }
                        })) {
            await(() -> warm.counts().saved() == 1);
            warm.get().become("half");
            broken.set(true);
            assertThat(warm.checkpoint().failure()).containsInstanceOf(IOException.class);
            assertThat(saved()).isEqualTo("built");
        }
        assertThat(saved()).isEqualTo("built");
    }

    @Test
    void aWriterThatMakesACheckpointIsToldSo() {
        AtomicInteger failures = new AtomicInteger();
        CountDownLatch known = new CountDownLatch(1);
        WarmState<?>[] self = {null};
        try (WarmState<Letters> warm =
                start(
                        setup(),
                        (letters, out) -> {
                            known.await();
                            try {
                                self[0].checkpoint();
                            } catch (IllegalStateException e) {
                                failures.incrementAndGet();
                            }
                        })) {
            self[0] = warm;
            known.countDown();
            warm.checkpoint();
            assertThat(failures).hasValue(2);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Errno.class,
            names = {"EEXIST", "EBUSY", "EAGAIN"})
    void theLastOneIsTriedAgainWhileAnotherHasTheName(Errno errno) {
        WarmState<Letters> warm = start(setup());
        await(() -> warm.counts().saved() == 1);
        warm.get().become("last");
        daemon.refuse(MessageType.PREPARE_SAVE, errno, 3);

        warm.close();

        assertThat(saved()).isEqualTo("last");
        assertThat(warm.counts().failed()).isZero();
    }

    @Test
    void theLastOneIsTriedAgainWhenItsConnectionIsLost() {
        WarmState<Letters> warm = start(setup());
        await(() -> warm.counts().saved() == 1);
        warm.get().become("last");
        daemon.cutBefore(MessageType.FINISH_SAVE);

        warm.close();

        assertThat(saved()).isEqualTo("last");
    }

    @Test
    void theLastOneIsGivenUpAtTheLimit() {
        refuseTheLastOne(Integer.MAX_VALUE, () -> {});
    }

    /** The daemon is silent from the refusal on. */
    @Test
    void whatStoodInItsWayIsToldWhenTheLimitCutsTheNextAttempt() {
        refuseTheLastOne(1, () -> daemon.ignore(MessageType.STAT));
    }

    private void refuseTheLastOne(int times, Runnable onRefusal) {
        Duration limit = Duration.ofSeconds(1);
        while (!isRefusedWithin(limit, times, onRefusal)) {
            limit = limit.multipliedBy(2);
        }
    }

    /** False: the machine stood still for too long to say anything within the limit. */
    private boolean isRefusedWithin(Duration limit, int times, Runnable onRefusal) {
        AtomicInteger refused = new AtomicInteger();
        PramListener listener =
                new PramListener() {
                    @Override
                    public void ended(Ended call) {
                        if (call.verb().equals("save")
                                && call.result() == PramListener.Result.REJECTED) {
                            refused.incrementAndGet();
                            onRefusal.run();
                        }
                    }
                };
        PramConfig config = PramConfig.defaults().withListener(listener);
        daemon.faults().ignoreNothing();
        client.removeAll("");
        log.list.clear();
        try (StandStill still = new StandStill();
                PramClient told = PramClient.connect(daemon.uri(), config)) {
            WarmState<Letters> warm = start(WarmState.of(told, "n").shutdownWithin(limit));
            await(() -> warm.counts().saved() == 1);
            warm.get().become("last");
            daemon.refuse(MessageType.PREPARE_SAVE, Errno.EEXIST, times);

            warm.close();

            daemon.refuse(MessageType.PREPARE_SAVE, Errno.EEXIST, 0);
            boolean isGivenUp =
                    messages(Level.WARN).stream().anyMatch(text -> text.contains("given up"));
            if (still.wasSeen() && (refused.get() == 0 || isGivenUp)) {
                return false;
            }
            assertThat(saved()).isEqualTo("built");
            assertThat(warm.lastCheckpoint().orElseThrow().result()).isEqualTo(Result.FAILED);
        }
        assertThat(messages(Level.WARN)).singleElement().asString().contains("last", "EEXIST");
        return true;
    }

    @Test
    void aWriterThatDoesNotEndIsInterruptedAtTheLimit() {
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicBoolean hang = new AtomicBoolean();
        WarmState<Letters> warm =
                start(
                        setup().shutdownWithin(Duration.ofSeconds(1)),
                        (letters, out) -> {
                            letters.writeTo(out);
                            if (hang.get()) {
                                try {
                                    new CountDownLatch(1).await();
                                } catch (InterruptedException e) {
                                    interrupted.countDown();
                                    throw e;
                                }
                            }
                        });
        await(() -> warm.counts().saved() == 1);
        hang.set(true);
        warm.get().become("last");

        warm.close();

        await(() -> interrupted.getCount() == 0);
        await(() -> threads().isEmpty());
        assertThat(saved()).isEqualTo("built");
        assertThat(messages(Level.WARN)).first().asString().contains("given up");
    }

    @Test
    void startsWithoutADaemonAndSavesWhenOneHasCome() {
        int port = java.net.URI.create(daemon.uri()).getPort();
        daemon.close();
        WarmState<Letters> warm = start(setup().checkpointEvery(OFTEN));
        await(() -> warm.counts().failed() >= 2);
        assertThat(messages(Level.WARN)).hasSize(1);
        try (FakeDaemon late = new FakeDaemon(port)) {
            await(() -> warm.counts().saved() >= 1);
            assertThat(late.find("n")).isPresent();
            warm.close();
        }
    }

    private WarmSetup setup() {
        return WarmState.of(client, "n").fingerprint("1");
    }

    private static WarmState<Letters> start(WarmSetup setup) {
        return setup.restoreOrBuild(Letters::read, () -> new Letters("built"));
    }

    private static WarmState<Letters> start(WarmSetup setup, StateWriter<Letters> writer) {
        return setup.restoreOrBuild(Letters::read, () -> new Letters("built"), writer);
    }

    private String saved() {
        return client.peek("n", in -> new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }

    private List<String> messages(Level level) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static void await(BooleanSupplier isSo) {
        while (!isSo.getAsBoolean()) {
            Thread.onSpinWait(); // up to the timeout of the test
        }
    }
}
