package io.pramd.daemon.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.OnDevice;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills real daemons with SIGKILL under several client processes, as {@code scripts/torture kill}
 * does, for a few rounds of one of the levels.
 */
class KillIT {
    private static final String ROUNDS = System.getProperty("pramd.kill.rounds", "3");

    @TempDir(factory = OnDevice.class)
    Path folder;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void keepsEveryAcknowledgedChangeOverSigkill() {
        long seed = Long.getLong("pramd.kill.seed", System.nanoTime() >>> 1);
        List<String> levels = List.of("process", "interval", "power");
        String level = levels.get((int) (seed % levels.size()));
        System.err.println("KillIT: repeat with -Dpramd.kill.seed=" + seed);
        StringWriter out = new StringWriter();
        int exitCode =
                Torture.newCommandLine()
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(System.err))
                        .execute(
                                "kill",
                                "--rounds",
                                ROUNDS,
                                "--seed",
                                String.valueOf(seed),
                                "--durability",
                                level,
                                "--folder",
                                folder.toString());
        System.err.print("KillIT: " + out);
        assertThat(exitCode).as("%s", out).isZero();
        assertThat(out.toString())
                .contains("durability=" + level + " seed=" + seed)
                .containsPattern("kills=[1-9][0-9]* acknowledged=[1-9][0-9]* verified=[1-9][0-9]*")
                .endsWith(" lost=0 wrong=0 leaked=0\n");
    }
}
