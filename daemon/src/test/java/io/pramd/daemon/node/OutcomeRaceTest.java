package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.withKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutcomeRaceTest {
    private static final int ROUNDS = 1000;
    private static final int ASKERS = 3;

    @TempDir Path folder;

    /** What each party was told. */
    private record Told(boolean saved, List<OutcomeAnswer> answers) {}

    @Test
    void neverContradictsWhatTheStoreHolds() throws Exception {
        Random random = new Random(42);
        int saved = 0;
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"));
                ExecutorService threads = Executors.newFixedThreadPool(ASKERS + 1)) {
            for (int round = 0; round < ROUNDS; round++) {
                int pauses = random.nextInt(3000);
                Told told = race(fixture, threads, new SaveKey(5, round), pauses, round % 4 == 3);
                boolean isThere = isThere(fixture);
                for (OutcomeAnswer answer : told.answers()) {
                    assertThat(answer.outcome() == Outcome.DONE)
                            .as("round=%d told=%s there=%s", round, told, isThere)
                            .isEqualTo(isThere);
                }
                assertThat(told.saved()).isEqualTo(isThere);
                if (isThere) {
                    saved++;
                    fixture.streams().consume("a");
                }
            }
            fixture.requireEveryFrameAccountedFor();
        }
        assertThat(saved).isBetween(1, ROUNDS - 1);
    }

    @Test
    void neverContradictsASaveThatIsPreparedMeanwhile() throws Exception {
        Random random = new Random(43);
        int saved = 0;
        int rounds = ROUNDS * 5;
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"));
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < rounds; round++) {
                SaveKey key = new SaveKey(6, round);
                CyclicBarrier start = new CyclicBarrier(2);
                Future<Boolean> saver = threads.submit(prepareAndFinish(fixture, key, start));
                Future<OutcomeAnswer> asker =
                        threads.submit(asker(fixture, key, start, random.nextInt(200)));
                boolean isSaved = saver.get();
                assertThat(asker.get().outcome() == Outcome.DONE)
                        .as("round=%d answer=%s saved=%s", round, asker.get(), isSaved)
                        .isEqualTo(isSaved);
                assertThat(isThere(fixture)).isEqualTo(isSaved);
                if (isSaved) {
                    saved++;
                    await(fixture.store().remove("a", 0));
                }
            }
            fixture.requireEveryFrameAccountedFor();
        }
        assertThat(saved).isBetween(1, rounds - 1);
    }

    private static Callable<Boolean> prepareAndFinish(
            StoreFixture fixture, SaveKey key, CyclicBarrier start) {
        return () -> {
            start.await();
            try {
                return finishEmpty(fixture.streams().open(withKey("a", key)));
            } catch (StoreException e) {
                assertThat(e.errno()).isEqualTo(Errno.ESTALE);
                return false;
            }
        };
    }

    private static boolean finishEmpty(SaveStream stream) {
        await(stream.finish(0));
        return true;
    }

    private static boolean isThere(StoreFixture fixture) {
        try {
            await(fixture.store().stat("a"));
            return true;
        } catch (StoreException e) {
            assertThat(e.errno()).isEqualTo(Errno.ENOENT);
            return false;
        }
    }

    private static Told race(
            StoreFixture fixture, ExecutorService threads, SaveKey key, int pauses, boolean givesUp)
            throws Exception {
        SaveStream stream = fixture.streams().open(withKey("a", key));
        fixture.streams().append(stream, bytes(1, 100));
        CyclicBarrier start = new CyclicBarrier(ASKERS + 1);
        List<Future<OutcomeAnswer>> askers = new ArrayList<>();
        for (int i = 0; i < ASKERS; i++) {
            int pause = pauses * i;
            askers.add(threads.submit(asker(fixture, key, start, pause)));
        }
        Future<Boolean> saver =
                threads.submit(
                        () -> {
                            start.await();
                            spin(pauses / 2);
                            return givesUp ? discard(stream) : finish(stream);
                        });
        List<OutcomeAnswer> answers = new ArrayList<>();
        for (Future<OutcomeAnswer> asker : askers) {
            answers.add(asker.get());
        }
        return new Told(saver.get(), answers);
    }

    private static Callable<OutcomeAnswer> asker(
            StoreFixture fixture, SaveKey key, CyclicBarrier start, int pause) {
        return () -> {
            start.await();
            spin(pause);
            return await(fixture.store().outcome(key, 1));
        };
    }

    private static boolean finish(SaveStream stream) {
        try {
            await(stream.finish(100));
            return true;
        } catch (StoreException e) {
            assertThat(e.errno()).isEqualTo(Errno.ESTALE);
            return false;
        }
    }

    private static boolean discard(SaveStream stream) {
        stream.discard();
        return false;
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }
}
