package io.pramd.daemon.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.RunLength;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/bench}, with so little to do that it only shows whether it still works. */
class BenchIT {
    /** One of each kind; in a plain run not of those that are much like others. */
    private static final List<String> CASES =
            Stream.of(
                            CaseName.NODES64M_TCP,
                            CaseName.PAGE_4X16,
                            CaseName.COMMANDS,
                            CaseName.PROTECTION_PAGE,
                            CaseName.RESTART_SMALL,
                            CaseName.FRESH,
                            CaseName.FRAGMENTED,
                            CaseName.LEVELS,
                            CaseName.GROWTH_NODES,
                            CaseName.PROTECTION_CONNECT,
                            CaseName.ADMIN_PAGE)
                    .limit(RunLength.of(5, 11))
                    .map(CaseName::toString)
                    .toList();

    private static final List<String> EVERY =
            Stream.of(CaseName.values()).map(CaseName::toString).toList();

    /** Nothing is gained by compiling the daemon well. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    @TempDir Path folder;

    @Test
    void everyKindOfCaseReportsNumbers() throws Exception {
        Path json = folder.resolve("report.json");
        Path memory = Files.createDirectory(folder.resolve("memory"));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        List<String> words = new ArrayList<>(List.of("--case"));
        words.addAll(CASES);
        words.addAll(List.of("--mib=16", "--nodes=10", "--rounds=1", "--folder=" + memory));
        words.addAll(List.of("--json=" + json, "--charts=" + folder.resolve("charts")));
        int exitCode =
                Bench.newCommandLine(Map.of("PRAMD_OPTS", QUICK_START))
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(words.toArray(String[]::new));

        assertThat(exitCode).as(err.toString()).isZero();
        JsonNode cases = new ObjectMapper().readTree(json.toFile()).get("cases");
        assertThat(cases.propertyStream().map(field -> field.getKey()))
                .containsExactlyInAnyOrderElementsOf(CASES);
        cases.forEach(BenchIT::assertHasNumbers);
        assertThat(CASES).allMatch(name -> out.toString().contains("**" + name + "**"));
        for (String name : CASES) {
            assertThat(folder.resolve("charts").resolve(name + ".svg"))
                    .content()
                    .contains("</svg>");
        }
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
        assertThat(help.stdout().replaceAll("\\s+", " "))
                .contains(EVERY)
                .contains("--rounds", "--folder", "--json");
    }
}
