package io.pramd.daemon.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RoundsTest {
    private final StringWriter out = new StringWriter();
    @TempDir Path folder;

    private int run(long roundsMax, Rounds.Round round) throws Exception {
        CommandLine command =
                Torture.newCommandLine()
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(new StringWriter()));
        Ledger ledger = Ledger.open(folder.resolve("kill.jsonl"), "kill", 1, true);
        return new Rounds(ledger, roundsMax, Duration.ofHours(1), command).run(round);
    }

    @Test
    void endsWithTheSumsOfAllRounds() throws Exception {
        assertThat(run(3, seed -> Map.of("kills", 4L))).isZero();

        assertThat(out.toString()).startsWith("kill seed=1 ").endsWith(" rounds=3 kills=12\n");
    }

    @Test
    void oneFaultInOneRoundFailsTheRunForGood() throws Exception {
        assertThat(run(1, seed -> Map.of("lost", 1L))).isOne();

        assertThat(run(2, seed -> Map.of("lost", 0L))).isOne();
    }

    @Test
    void everyRoundHasASeedOfItsOwnThatIsTheSameWhenStartedAgain() throws Exception {
        List<Long> inOneGo = new ArrayList<>();
        List<Long> inTwo = new ArrayList<>();
        run(2, seed -> remember(inTwo, seed));
        run(4, seed -> remember(inTwo, seed));
        folder.resolve("kill.jsonl").toFile().delete();

        run(4, seed -> remember(inOneGo, seed));

        assertThat(inTwo).isEqualTo(inOneGo).doesNotHaveDuplicates();
    }

    private static Map<String, Long> remember(List<Long> seeds, long seed) {
        seeds.add(seed);
        return Map.of("kills", 1L);
    }
}
