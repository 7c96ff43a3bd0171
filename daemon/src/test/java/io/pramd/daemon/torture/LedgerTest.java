package io.pramd.daemon.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void twoRounds() throws IOException {
        file = folder.resolve("kill-power.jsonl");
        Ledger ledger = Ledger.open(file, "kill power", 7, true);
        ledger.add(Duration.ofSeconds(3), Map.of("kills", 2L, "lost", 0L));
        ledger.add(Duration.ofSeconds(4), Map.of("kills", 5L, "lost", 0L));
    }

    @Test
    void aRunThatIsStartedAgainGoesOnWithItsSeedAndItsSums() throws IOException {
        Ledger again = Ledger.open(file, "kill power", 99, false);

        assertThat(again.seed()).isEqualTo(7);
        assertThat(again.rounds()).isEqualTo(2);
        assertThat(again.spent()).hasSeconds(7);
        assertThat(again.figures()).containsEntry("kills", 7L).containsEntry("lost", 0L);
    }

    @Test
    void aLineThatAKillCutShortIsARoundThatDidNotRun() throws IOException {
        Files.writeString(file, "{\"round\":2,\"mil", StandardOpenOption.APPEND);

        Ledger again = Ledger.open(file, "kill power", 7, true);
        again.add(Duration.ofSeconds(1), Map.of("kills", 1L, "lost", 0L));

        assertThat(again.rounds()).isEqualTo(3);
        assertThat(Ledger.open(file, "kill power", 7, true).figures()).containsEntry("kills", 8L);
    }

    @Test
    void anotherSeedIsAnotherRun() {
        assertThatThrownBy(() -> Ledger.open(file, "kill power", 8, true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("seed 7");
    }
}
