package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.Promtool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus' own judgement of our metrics; where they are checked for all it must be there. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PromtoolTest {
    private static final String PROMTOOL = "promtool";

    @TempDir Path folder;

    @Test
    void findsNothingWrongWithTheMetricsOfALiveDaemon() throws Exception {
        Promtool.assumeIsHere();
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
