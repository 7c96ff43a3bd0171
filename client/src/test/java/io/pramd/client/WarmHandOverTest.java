package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.WarmCheckpoint.Result;
import io.pramd.client.WarmReport.Origin;
import io.pramd.client.fixture.FakeDaemon;
import io.pramd.client.fixture.Letters;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two incarnations of one service, and which of them has its state saved. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WarmHandOverTest {
    private final FakeDaemon daemon = new FakeDaemon();
    private final AtomicReference<Runnable> afterNextStat = new AtomicReference<>();
    private final PramClient client = PramClient.connect(daemon.uri());
    private final PramClient watched =
            PramClient.connect(
                    daemon.uri(),
                    PramConfig.defaults()
                            .withListener(
                                    new PramListener() {
                                        @Override
                                        public void ended(Ended call) {
                                            afterStat(call);
                                        }
                                    }));

    private void afterStat(PramListener.Ended call) {
        Runnable step = call.verb().equals("stat") ? afterNextStat.getAndSet(null) : null;
        if (step != null) {
            step.run();
        }
    }

    @AfterEach
    void closeAll() {
        client.close();
        watched.close();
        daemon.close();
    }

    @Test
    void aPredecessorDoesNotReplaceWhatItsSuccessorHasSaved() {
        WarmState<Letters> predecessor = start(client);
        predecessor.checkpoint();
        try (WarmState<Letters> successor = start(client)) {
            assertThat(successor.origin()).isEqualTo(Origin.RESTORED);
            successor.get().become("successor's");
            assertThat(successor.checkpoint().isSaved()).isTrue();

            WarmCheckpoint late = predecessor.checkpoint();
            predecessor.close();

            assertThat(late.result()).isEqualTo(Result.SUPERSEDED);
            assertThat(late.sequence()).isEqualTo(client.stat("n").sequence());
            assertThat(late.failure().orElseThrow()).hasMessageContaining("later incarnation");
            assertThat(predecessor.counts().superseded()).isEqualTo(2);
            assertThat(saved()).isEqualTo("successor's");
        }
    }

    @Test
    void aPredecessorThatHasLookedJustBeforeItsSuccessorSavesDoesNotReplaceItEither() {
        WarmState<Letters> predecessor = start(watched);
        predecessor.checkpoint();
        try (WarmState<Letters> successor = start(client)) {
            successor.get().become("successor's");
            afterNextStat.set(() -> assertThat(successor.checkpoint().isSaved()).isTrue());

            WarmCheckpoint late = predecessor.checkpoint();

            assertThat(afterNextStat).hasNullValue();
            assertThat(late.result()).isEqualTo(Result.SUPERSEDED);
            assertThat(saved()).isEqualTo("successor's");
            predecessor.close();
        }
    }

    @Test
    void aSuccessorReplacesWhatItsPredecessorSavesLate() {
        WarmState<Letters> predecessor = start(client);
        predecessor.checkpoint();
        try (WarmState<Letters> successor = start(client)) {
            predecessor.get().become("last words");
            predecessor.close();
            assertThat(saved()).isEqualTo("last words");
            assertThat(predecessor.lastCheckpoint().orElseThrow().isSaved()).isTrue();

            assertThat(successor.checkpoint().isSaved()).isTrue();

            assertThat(saved()).isEqualTo("built");
        }
    }

    @Test
    void onceTheNodeIsRemovedAPredecessorSavesAgain() {
        try (WarmState<Letters> predecessor = start(client)) {
            try (WarmState<Letters> successor = start(client)) {
                assertThat(successor.checkpoint().isSaved()).isTrue();
            }
            assertThat(predecessor.checkpoint().result()).isEqualTo(Result.SUPERSEDED);

            client.remove("n");

            assertThat(predecessor.checkpoint().isSaved()).isTrue();
        }
    }

    @Test
    void whoHasSeenTheOthersNodeIsTheSuccessorWhateverTheClocksSay() {
        Instant ahead = Instant.parse("2999-01-01T00:00:00Z");
        client.save("n", withStarted(ahead.toString()), "of a wrong clock".getBytes());

        try (WarmState<Letters> successor = start(client)) {
            assertThat(successor.checkpoint().isSaved()).isTrue();
            assertThat(client.stat("n").meta())
                    .containsEntry(WarmState.STARTED_KEY, "2999-01-01T00:00:00.000001Z");
        }
    }

    @Test
    void aNodeThatSaysNothingSensibleOfItsSaverIsReplaced() {
        for (String started : new String[] {"yesterday", Instant.MAX.toString(), ""}) {
            client.save("n", withStarted(started).withReplace(true), "x".getBytes());

            try (WarmState<Letters> warm = start(client)) {
                assertThat(warm.origin()).isEqualTo(Origin.RESTORED);
                assertThat(warm.checkpoint().isSaved()).isTrue();
            }
        }
    }

    private static SaveOptions withStarted(String started) {
        return SaveOptions.defaults().withMeta(Map.of(WarmState.STARTED_KEY, started));
    }

    private static WarmState<Letters> start(PramClient client) {
        return WarmState.of(client, "n").restoreOrBuild(Letters::read, () -> new Letters("built"));
    }

    private String saved() {
        return client.peek("n", in -> new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
}
