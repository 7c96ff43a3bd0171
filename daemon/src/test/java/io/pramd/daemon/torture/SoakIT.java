package io.pramd.daemon.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/torture soak} for some seconds, in which no growth can be told from warm-up. */
@Timeout(120)
class SoakIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void readsBackWhatWasSavedAndSamplesTheDaemon() throws Exception {
        long seed = System.nanoTime();
        SoakRun run =
                new SoakRun(folder, Duration.ofSeconds(4), false, new PrintWriter(System.err));

        Map<String, Long> figures = run.round(seed);

        assertThat(figures)
                .as("seed=%d", seed)
                .containsEntry("wrong", 0L)
                .containsEntry("failed", 0L);
        assertThat(figures.get("verbs")).isPositive();
        assertThat(figures.get("samples")).isPositive();
        assertThat(figures.get("checks")).isPositive();
        assertThat(figures.get("anonKibPeak")).isBetween(192L << 10, 1L << 20);
        assertThat(figures.get("directKibPeak")).isBetween(1L, 128L << 10);
        assertThat(figures.get("descriptorsPeak")).isBetween(10L, 500L);
    }
}
