package io.pramd.daemon.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.testing.PramdProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.RunLength;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon is killed and started again, over and over, under eight threads that do everything that
 * one client can. Each call ends in time with one of its answers, and the store agrees with what
 * they have said: what was acknowledged is there, what was refused is not, the rest is whole or not
 * there.
 */
class RestartStormIT {
    private static final int RESTARTS = RunLength.of("pramd.storm.restarts", 12, 50);
    private static final int CHECK_EVERY = RunLength.of(4, 10);
    private static final int CALLS_A_LIFE_MAX = 300;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void everyCallIsAnsweredAndTheStoreAgreesWithAllAnswers() throws Exception {
        long seed = Long.getLong("pramd.storm.seed", System.nanoTime());
        System.err.println("RestartStormIT: repeat with -Dpramd.storm.seed=" + seed);
        Random random = new Random(seed);
        Storm storm = new Storm(folder, 0);
        try (PramdProcess daemon = start(folder.resolve("m"));
                PramClient client = PramClient.connect(daemon.uri(), storm.config())) {
            storm.begin(client, random, () -> {});
            for (int i = 1; i <= RESTARTS; i++) {
                storm.live(random.nextInt(CALLS_A_LIFE_MAX));
                end(daemon, random);
                daemon.restart();
                storm.requireAllAlive();
                if (i % CHECK_EVERY == 0) {
                    storm.check(client);
                }
            }
            storm.end(client);
            assertThat(daemon.stop()).isZero();
        } finally {
            storm.stop();
        }
        storm.requireNothingLeft();
        Ended checked = Commands.in(folder).pramd("fsck", folder.resolve("m").toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
        System.err.println("RestartStormIT: restarts=" + RESTARTS + " " + storm);
    }

    private static PramdProcess start(Path memory) {
        return PramdProcess.builder()
                .command(DaemonProcess.launcher().toString())
                .environment("PRAMD_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
                .memory(memory)
                .sizeBytes(128 << 20)
                .options("--drain", "300ms")
                .start();
    }

    /** Mostly without a word; now and then it may tidy up. */
    private static void end(PramdProcess daemon, Random random) {
        if (random.nextInt(5) == 0) {
            assertThat(daemon.stop()).isZero();
        } else {
            daemon.kill();
        }
    }
}
