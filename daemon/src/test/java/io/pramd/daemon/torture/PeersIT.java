package io.pramd.daemon.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/torture peers}, with slices so short that their throughput says nothing. */
@Timeout(180)
class PeersIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void peersThatMisbehaveAreEndedAndOthersNoticeNothing() throws Exception {
        long seed = System.nanoTime();
        PeersRun run = new PeersRun(folder, 250, 1, 200, new PrintWriter(System.err));

        Map<String, Long> figures = run.round(seed);

        assertThat(figures)
                .as("seed=%d", seed)
                .containsEntry("kinds", (long) Hostility.values().length)
                .containsEntry("unended", 0L)
                .containsEntry("wrong", 0L)
                .containsEntry("failed", 0L)
                .containsEntry("leaked", 0L);
        assertThat(figures.get("attacks")).isGreaterThan(100);
    }
}
