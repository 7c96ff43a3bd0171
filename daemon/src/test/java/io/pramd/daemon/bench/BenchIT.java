package io.pramd.daemon.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/bench}, with so little to do that it only shows whether it still works. */
class BenchIT {
    private static final List<String> CASES =
            Arrays.stream(CaseName.values()).map(CaseName::toString).toList();

    /** Nothing is gained by compiling the daemon well. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    @TempDir Path folder;

    @Test
    void everyCaseReportsNumbers() throws Exception {
        Path json = folder.resolve("report.json");
        Path memory = Files.createDirectory(folder.resolve("memory"));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        int exitCode =
                Bench.newCommandLine(Map.of("PRAMD_OPTS", QUICK_START))
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(
                                "--mib=2",
                                "--nodes=32",
                                "--rounds=1",
                                "--folder=" + memory,
                                "--json=" + json);

        assertThat(exitCode).as(err.toString()).isZero();
        JsonNode cases = new ObjectMapper().readTree(json.toFile()).get("cases");
        assertThat(cases.propertyStream().map(field -> field.getKey())).isEqualTo(CASES);
        cases.forEach(BenchIT::assertHasNumbers);
        assertThat(CASES).allMatch(name -> out.toString().contains("**" + name + "**"));
        try (Stream<Path> left = Files.list(memory)) {
            assertThat(left).isEmpty();
        }
    }

    private static void assertHasNumbers(JsonNode measured) {
        assertThat(measured.get("rows")).isNotEmpty();
        for (JsonNode row : measured.get("rows")) {
            for (JsonNode contender : row.get("contenders")) {
                assertThat(contender.at("/rate/min").asDouble()).as(row.toString()).isPositive();
                assertThat(contender.at("/serverCpu/median").asDouble(-1)).isNotNegative();
                assertThat(contender.at("/rounds/0/serverMemory/peakBytes").asLong()).isPositive();
            }
            for (JsonNode ratio : row.get("ratios")) {
                assertThat(ratio.get("min").asDouble()).as(row.toString()).isPositive();
            }
        }
    }

    @Test
    void helpNamesEveryCase() {
        // daemon/target/pramd-VERSION, in the checkout
        Path checkout = DaemonProcess.distribution().getParent().getParent().getParent();
        Path script = checkout.resolve("scripts/bench");

        Ended help = Commands.in(folder).shell("exec '" + script + "' --help");

        assertThat(help.exitCode()).as(help.stderr()).isZero();
        assertThat(help.stdout()).contains(CASES).contains("--rounds", "--folder", "--json");
    }
}
