package io.pramd.daemon.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.RunLength;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills real daemons with SIGKILL under several client processes, as {@code scripts/torture kill}
 * does, for a few rounds of one of the levels.
 */
class KillIT {
    /** Of some seeds all kills of a round come before anything is acknowledged. */
    private static final int ROUNDS = RunLength.of("pramd.kill.rounds", 4, 8);

    private static final int ROUNDS_MAX = 4 * ROUNDS;

    @TempDir(factory = OnDevice.class, cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void keepsEveryAcknowledgedChangeOverSigkillWithOnlookers() {
        assertThat(run(List.of("--watched")))
                .containsPattern("durability=(process|interval|power) watched seed=")
                .containsPattern("answersSeen=[1-9][0-9]* mapsExact=[1-9][0-9]* ")
                .containsPattern("kills=[1-9][0-9]* acknowledged=[1-9][0-9]* verified=[1-9][0-9]*")
                .endsWith(" lost=0 wrong=0 leaked=0\n");
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void keepsWhatIsEverybodysOwnBehindTlsAndQuotasOverSigkill() {
        assertThat(run(List.of("--secured")))
                .containsPattern("durability=(process|interval|power) secured seed=")
                .containsPattern("kills=[1-9][0-9]* acknowledged=[1-9][0-9]* verified=[1-9][0-9]*")
                .containsPattern("usageExact=[1-9][0-9]* lost=0 wrong=0 leaked=0\n$");
    }

    /** Goes on where, by the seed or on a slow machine, no life was long enough for anything. */
    private String run(List<String> more) {
        long seed = Long.getLong("pramd.kill.seed", System.nanoTime() >>> 1);
        System.err.println("KillIT: repeat with -Dpramd.kill.seed=" + seed);
        String out = run(more, seed, ROUNDS);
        for (int rounds = 2 * ROUNDS; isIdle(out) && rounds <= ROUNDS_MAX; rounds += ROUNDS) {
            out = run(more, seed, rounds);
        }
        return out;
    }

    private static boolean isIdle(String out) {
        return out.contains(" acknowledged=0 ") || out.contains(" verified=0 ");
    }

    private String run(List<String> more, long seed, int rounds) {
        List<String> levels = List.of("process", "interval", "power");
        String level = levels.get((int) (seed % levels.size()));
        StringWriter out = new StringWriter();
        List<String> words = new ArrayList<>(List.of("kill", "--rounds", String.valueOf(rounds)));
        words.addAll(List.of("--seed", String.valueOf(seed), "--durability", level));
        words.addAll(List.of("--folder", folder.toString()));
        words.addAll(more);
        int exitCode =
                Torture.newCommandLine()
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(System.err))
                        .execute(words.toArray(String[]::new));
        System.err.print("KillIT: " + out);
        assertThat(exitCode).as("%s", out).isZero();
        return out.toString();
    }
}
