package io.pramd.daemon.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillEvidenceTest {
    private final KillEvidence evidence = new KillEvidence(false, false);

    @TempDir Path folder;

    @BeforeEach
    void findFaults() {
        evidence.fault("leaked", 5, "missing=5");
        evidence.fault("wrong", 1, "something else");
    }

    @Test
    void tellsTheFirstFaultAndTheEndOfTheDaemonsLog() throws IOException {
        List<String> log = IntStream.range(0, 200).mapToObj(i -> "line " + i).toList();
        Files.write(folder.resolve("daemon.log"), log);

        List<String> lines = evidence.text(folder).lines().toList();

        assertThat(lines).startsWith("leaked: missing=5").endsWith("line 198", "line 199");
        assertThat(lines).doesNotContain("line 100", "wrong: something else");
    }

    @Test
    void tellsOfAFaultBeforeAnyDaemonWasStarted() throws IOException {
        assertThat(evidence.text(folder)).startsWith("leaked: missing=5").contains("no daemon");
    }

    @Test
    void keepsALogOfWhichAKillCutACharacter() throws IOException {
        Files.write(folder.resolve("daemon.log"), new byte[] {'a', '\n', 'b', (byte) 0xc3});

        assertThat(evidence.text(folder)).contains("b");
        Path kept = evidence.keep(folder, 7);
        assertThat(kept.resolve("daemon.log")).hasSize(4);
        assertThat(kept.resolve("faults.txt")).content().contains("missing=5", "something else");
    }
}
