package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pramd.client.PramClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus' own judgement of our metrics; where they are checked for all it must be there. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PromtoolTest {
    private static final String PROMTOOL = "promtool";

    @TempDir Path folder;

    private static boolean isThere() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, PROMTOOL)));
    }

    @Test
    void findsNothingWrongWithTheMetricsOfALiveDaemon() throws Exception {
        assumeTrue(
                isThere() || "true".equals(System.getenv("CI")),
                "skipped: promtool is not here; it comes with the package prometheus");
        try (ServedAdmin served = ServedAdmin.open(folder);
                PramClient client = PramClient.connect(served.pram())) {
            client.save("a", new byte[1]);
            String text = served.get("/metrics").body();
            assertThat(text).contains("pramd_requests_total");

            assertThat(judgementOf(text)).isEmpty();
        }
    }

    /** What it says; the exit code is 3 for less than an error, so the text counts. */
    private static String judgementOf(String metrics) throws IOException, InterruptedException {
        Process promtool =
                new ProcessBuilder(PROMTOOL, "check", "metrics").redirectErrorStream(true).start();
        try {
            try (var in = promtool.getOutputStream()) {
                in.write(metrics.getBytes(StandardCharsets.UTF_8));
            }
            String said =
                    new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = promtool.waitFor();
            return exit == 0 ? said : said + "exit=" + exit;
        } finally {
            promtool.destroyForcibly();
        }
    }
}
