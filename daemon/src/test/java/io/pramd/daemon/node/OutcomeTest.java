package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.withKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutcomeTest {
    private static final SaveKey KEY = new SaveKey(7, 8);

    @TempDir Path folder;

    private static OutcomeAnswer ask(StoreFixture fixture, SaveKey key) {
        return await(fixture.store().outcome(key, 1));
    }

    private static void requireNotDone(StoreFixture fixture, SaveKey key) {
        assertThat(ask(fixture, key)).isEqualTo(new OutcomeAnswer(Outcome.NOT_DONE, 0));
    }

    @Test
    void answersDoneWithTheSequenceAlsoAfterAKillAndARestart() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long sequence = fixture.streams().save(withKey("a", KEY), bytes(1, 5000));
            OutcomeAnswer done = new OutcomeAnswer(Outcome.DONE, sequence);
            assertThat(ask(fixture, KEY)).isEqualTo(done);
            try (StoreFixture killed = fixture.killAndRestart()) {
                assertThat(ask(killed, KEY)).isEqualTo(done);
                LoadStream loading = killed.streams().openLoad("a", false);
                assertThat(ask(killed, KEY)).isEqualTo(done);
                loading.abort();
                try (StoreFixture restarted = killed.restart()) {
                    assertThat(ask(restarted, KEY)).isEqualTo(done);
                }
            }
        }
    }

    @Test
    void answersGoneWhenConsumedRemovedOrReplaced() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long[] sequences = new long[3];
            for (int i = 0; i < 3; i++) {
                SaveRequest request = withKey("n" + i, new SaveKey(1, i));
                sequences[i] = fixture.streams().save(request, bytes(i, 100));
            }
            fixture.streams().consume("n0");
            await(fixture.store().remove("n1", 0));
            fixture.streams().save(StreamDriver.replacing("n2", NodeType.BYTE), bytes(9, 9));
            for (int i = 0; i < 3; i++) {
                assertThat(ask(fixture, new SaveKey(1, i)))
                        .isEqualTo(new OutcomeAnswer(Outcome.GONE, sequences[i]));
            }
        }
    }

    @Test
    void answersUnknownForASaveOfAnEarlierLifeThatHasNoNode() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save(withKey("a", KEY), bytes(1, 100));
            fixture.streams().consume("a");
            try (StoreFixture killed = fixture.killAndRestart()) {
                assertThat(ask(killed, KEY)).isEqualTo(new OutcomeAnswer(Outcome.UNKNOWN, 0));
            }
        }
    }

    @Test
    void fencesASaveThatNobodyCanSayAnythingOf() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save(withKey("a", KEY), bytes(1, 100));
            fixture.streams().consume("a");
            try (StoreFixture killed = fixture.killAndRestart()) {
                SaveKey onItsWay = new SaveKey(7, 7);
                OutcomeAnswer unknown = new OutcomeAnswer(Outcome.UNKNOWN, 0);
                assertThat(ask(killed, onItsWay)).isEqualTo(unknown);
                refused(Errno.ESTALE, () -> killed.streams().open(withKey("b", onItsWay)));
                assertThat(ask(killed, onItsWay)).isEqualTo(unknown);
            }
        }
    }

    @Test
    void refusesTheQuestionWithoutAnId() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            refused(Errno.EINVAL, fixture.store().outcome(SaveKey.NONE, 1));
        }
    }

    @Test
    void fencesASaveThatNeverCame() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            requireNotDone(fixture, KEY);
            refused(Errno.ESTALE, () -> fixture.streams().open(withKey("a", KEY)));
            requireNotDone(fixture, KEY);
            fixture.streams().save(withKey("a", new SaveKey(7, 9)), bytes(1, 10));
        }
    }

    @Test
    void fencesAnOpenSaveAtOnce() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            SaveStream stream = streams.open(withKey("a", KEY));
            streams.append(stream, bytes(1, 300_000));
            requireNotDone(fixture, KEY);
            // the name is free at once
            streams.save("a", bytes(2, 100));
            refused(Errno.ESTALE, () -> stream.beginPages(new long[1], 1));
            assertThat(stream.room(100)).isNull();
            refused(Errno.ESTALE, stream.finish(300_000));
            requireNotDone(fixture, KEY);
            assertThat(streams.peek("a")).isEqualTo(bytes(2, 100));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void fencesAnOpenReplacementAndKeepsWhatItWasToReplace() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("a", bytes(1, 100));
            SaveRequest request =
                    new SaveRequest(
                            "a",
                            NodeType.BYTE,
                            true,
                            KEY,
                            -1,
                            Map.of(),
                            -1,
                            1,
                            Optional.empty(),
                            Saver.NOBODY,
                            0,
                            Optional.empty());
            SaveStream stream = streams.open(request);
            requireNotDone(fixture, KEY);
            stream.discard();
            assertThat(streams.consume("a")).isEqualTo(bytes(1, 100));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void saysNotDoneAndFencesAfterADiscardAndAFailedFinish() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.open(withKey("a", KEY)).discard();
            SaveKey failed = new SaveKey(7, 100);
            refused(Errno.EINVAL, streams.open(withKey("b", failed)).finish(5));
            requireNotDone(fixture, KEY);
            requireNotDone(fixture, failed);
            refused(Errno.ESTALE, () -> streams.open(withKey("a", KEY)));
            refused(Errno.ESTALE, () -> streams.open(withKey("b", failed)));
        }
    }

    @Test
    void refusesASaveIdThatAnotherSaveHas() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            SaveStream open = streams.open(withKey("a", KEY));
            refused(Errno.EINVAL, () -> streams.open(withKey("b", KEY)));
            await(open.finish(0));
            refused(Errno.EINVAL, () -> streams.open(withKey("b", KEY)));
            try (StoreFixture killed = fixture.killAndRestart()) {
                refused(Errno.EINVAL, () -> killed.streams().open(withKey("b", KEY)));
                SaveStream none = killed.streams().open(withKey("b", SaveKey.NONE));
                SaveStream alsoNone = killed.streams().open(withKey("c", SaveKey.NONE));
                await(none.finish(0));
                await(alsoNone.finish(0));
            }
        }
    }

    /** A client takes EEXIST for another's doing, and waits for the end of its own lost attempt. */
    @Test
    void saysThatASaveIdIsInUseAlsoWhereTheNameIsTaken() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            await(streams.open(withKey("b", SaveKey.NONE)).finish(0));
            SaveStream open = streams.open(withKey("a", KEY));
            refused(Errno.EINVAL, () -> streams.open(withKey("a", KEY)));
            refused(Errno.EINVAL, () -> streams.open(withKey("b", KEY)));
            open.discard();
            refused(Errno.EEXIST, () -> streams.open(withKey("b", KEY)));
        }
    }

    @Test
    void makesConnectionsStaleThatAreOlderThanAForgottenQuestion() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long asked = 1000;
            await(fixture.store().outcome(KEY, asked));
            for (int i = 0; i < Outcomes.REMEMBERED - 1; i++) {
                await(fixture.store().outcome(new SaveKey(2, i), 2000));
            }
            fixture.streams().open(onConnection(5, asked)).discard();
            await(fixture.store().outcome(new SaveKey(3, 0), 2000));
            refused(Errno.ESTALE, () -> fixture.streams().open(onConnection(6, asked)));
            refused(Errno.ESTALE, () -> fixture.streams().open(onConnection(7, 1)));
            fixture.streams().open(onConnection(8, asked + 1)).discard();
            // those that are remembered still fence, on any connection
            SaveRequest remembered =
                    new SaveRequest(
                            "x",
                            NodeType.BYTE,
                            false,
                            new SaveKey(2, 5),
                            -1,
                            Map.of(),
                            -1,
                            5000,
                            Optional.empty(),
                            Saver.NOBODY,
                            0,
                            Optional.empty());
            refused(Errno.ESTALE, () -> fixture.streams().open(remembered));
        }
    }

    @Test
    void aForgottenQuestionMakesNobodyStaleButWhoAsked() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            Asker ann = new Asker("ann", "ann"::equals);
            for (int i = 0; i <= Outcomes.REMEMBERED; i++) {
                await(fixture.store().outcome(new SaveKey(2, i), 1000, ann));
            }
            fixture.streams().open(onConnection(5, 1000).by(new Saver("bob", false))).discard();
            fixture.streams().open(onConnection(6, 1000)).discard();
            SaveRequest byAnn = onConnection(7, 1000).by(new Saver("ann", false));
            refused(Errno.ESTALE, () -> fixture.streams().open(byAnn));
        }
    }

    private static SaveRequest onConnection(long key, long connection) {
        return new SaveRequest(
                "x",
                NodeType.BYTE,
                false,
                new SaveKey(9, key),
                SaveRequest.UNDECLARED,
                Map.of(),
                -1,
                connection,
                Optional.empty(),
                Saver.NOBODY,
                0,
                Optional.empty());
    }

    @Test
    void answersUnknownOnceAGoneSaveIsForgotten() {
        Outcomes outcomes = new Outcomes(false);
        Outcomes.Question question = new Outcomes.Question(1, true, Asker.ANYBODY);
        outcomes.gone(KEY, 5);
        for (int i = 0; i < Outcomes.REMEMBERED - 1; i++) {
            outcomes.gone(new SaveKey(2, i), i);
        }
        assertThat(outcomes.answer(KEY, question)).isEqualTo(new OutcomeAnswer(Outcome.GONE, 5));
        outcomes.gone(new SaveKey(3, 0), 9);
        assertThat(outcomes.answer(KEY, question).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(outcomes.answer(new SaveKey(4, 4), question).outcome())
                .isEqualTo(Outcome.UNKNOWN);
    }
}
