package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramException;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.RunLength;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.SaveId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the daemon under saves, anywhere between their first byte and their last answer: what the
 * outcome says after the restart is what the file holds, and stays so.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OutcomeKillIT {
    private static final int ROUNDS = RunLength.of(4, 10);
    private static final int SAVERS = 5;

    /** The bytes of more than two packets, written in chunks that are no packets. */
    private static final int CHUNK = 300_001;

    private static final int CHUNKS = 8;
    private static final byte[] BYTES = new byte[CHUNKS * CHUNK];

    private static final PramConfig IMPATIENT =
            PramConfig.defaults()
                    .withNoProgress(Duration.ofMillis(500))
                    .withRetryFor(Duration.ZERO);

    @TempDir Path folder;

    private final List<Attempt> attempts = new ArrayList<>();

    /** One save, and what its saver was told. */
    private record Attempt(String name, SaveId saveId, boolean acknowledged) {}

    @Test
    void neverContradictsWhatTheFileHolds() throws Exception {
        long seed = Long.getLong("pramd.crash.seed", System.nanoTime());
        System.err.println("OutcomeKillIT: repeat with -Dpramd.crash.seed=" + seed);
        Random random = new Random(seed);
        random.nextBytes(BYTES);
        Path memory = folder.resolve("m");
        Map<Outcome, Integer> seen = new EnumMap<>(Outcome.class);
        for (int round = 0; round < ROUNDS; round++) {
            try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "256M")) {
                verifyAll(daemon, seen);
                attempts.addAll(saveUnderFire(daemon, round, random));
            }
        }
        try (DaemonProcess daemon = DaemonProcess.start(memory)) {
            verifyAll(daemon, seen);
            assertThat(daemon.stop()).isZero();
        }
        System.err.println(
                "OutcomeKillIT: saves="
                        + attempts.size()
                        + " acknowledged="
                        + attempts.stream().filter(Attempt::acknowledged).count()
                        + " answers="
                        + seen);
        Ended checked = Commands.in(folder).pramd("fsck", memory.toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
    }

    /**
     * Several saves at once; the kill comes when all together have done so many of their steps,
     * which are the writes and the answered finishes.
     */
    private static List<Attempt> saveUnderFire(DaemonProcess daemon, int round, Random random)
            throws Exception {
        int writes = SAVERS * CHUNKS;
        int stepsBeforeKill =
                round % 2 == 0 ? random.nextInt(writes) : writes + random.nextInt(SAVERS);
        CountDownLatch steps = new CountDownLatch(stepsBeforeKill);
        PramClient client = PramClient.connect(daemon.uri(), IMPATIENT);
        try (client;
                ExecutorService threads = Executors.newFixedThreadPool(SAVERS)) {
            List<Future<Attempt>> saves = new ArrayList<>();
            for (int i = 0; i < SAVERS; i++) {
                String name = "n" + round + "/" + i;
                saves.add(threads.submit(() -> save(client, name, steps)));
            }
            awaitSteps(steps, saves);
            daemon.kill();
            List<Attempt> done = new ArrayList<>();
            for (Future<Attempt> each : saves) {
                done.add(each.get());
            }
            return done;
        }
    }

    /** Or the ends of all savers: on a busy machine they may lose their patience before. */
    private static void awaitSteps(CountDownLatch steps, List<Future<Attempt>> saves)
            throws InterruptedException {
        boolean areOver = false;
        while (!areOver) {
            areOver =
                    steps.await(10, TimeUnit.MILLISECONDS)
                            || saves.stream().allMatch(Future::isDone);
        }
    }

    private static Attempt save(PramClient client, String name, CountDownLatch steps) {
        SaveId saveId = SaveId.random();
        SaveOptions options = SaveOptions.defaults().withSaveId(saveId);
        boolean acknowledged = false;
        try {
            SaveStream save = client.openSave(name, options);
            try {
                for (int at = 0; at < BYTES.length; at += CHUNK) {
                    save.write(BYTES, at, CHUNK);
                    steps.countDown();
                }
                save.finish();
                acknowledged = true;
                steps.countDown();
            } finally {
                save.discard();
            }
        } catch (PramException e) {
            assertThat(acknowledged).isFalse();
        }
        return new Attempt(name, saveId, acknowledged);
    }

    private void verifyAll(DaemonProcess daemon, Map<Outcome, Integer> seen) throws IOException {
        try (PramClient client = PramClient.connect(daemon.uri())) {
            for (Attempt attempt : attempts) {
                Outcome outcome = verify(client, attempt);
                seen.merge(outcome, 1, Integer::sum);
            }
        }
    }

    private static Outcome verify(PramClient client, Attempt attempt) throws IOException {
        Outcome[] answer = new Outcome[1];
        Await.until(
                "the walk lets outcomes be asked",
                () -> {
                    try {
                        answer[0] = client.outcome(attempt.saveId()).outcome();
                        return true;
                    } catch (PramException e) {
                        return false;
                    }
                });
        List<NodeRecord> found = client.list(attempt.name());
        boolean isThere = found.stream().anyMatch(node -> node.saveId().equals(attempt.saveId()));
        // not there: not done, or unknown, since this daemon has seen nothing of the save
        assertThat(answer[0] == Outcome.DONE).as("%s %s", attempt, answer[0]).isEqualTo(isThere);
        assertThat(answer[0]).as("%s", attempt).isNotEqualTo(Outcome.GONE);
        if (attempt.acknowledged()) {
            assertThat(isThere).as("%s was acknowledged", attempt).isTrue();
        }
        if (isThere) {
            try (LoadStream in = client.openPeek(attempt.name(), LoadOptions.defaults())) {
                assertThat(Arrays.equals(in.readAllBytes(), BYTES)).as("%s", attempt).isTrue();
                in.finish();
            }
        }
        return answer[0];
    }
}
