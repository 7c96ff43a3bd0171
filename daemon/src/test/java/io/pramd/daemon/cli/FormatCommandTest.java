package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.memory.FileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatCommandTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"4M, 4194304", "4.5 MiB, 4718592", "5000000, 4997120", "4096K, 4194304"})
    void createsACleanFileOfWholePages(String size, long bytes) throws IOException {
        Path file = folder.resolve("m");

        CommandRun format = CommandRun.of("format", file, "--size", size);

        assertThat(format.exitCode()).as(format.err()).isZero();
        assertThat(format.err()).isEmpty();
        assertThat(format.out()).startsWith("formatted " + file);
        assertThat(Files.size(file)).isEqualTo(bytes);
        assertThat(CommandRun.of("fsck", file).exitCode()).isZero();
    }

    @Test
    void neverTouchesAFileThatIsNotEmpty() throws IOException {
        Path file = Files.writeString(folder.resolve("m"), "precious");

        CommandRun format = CommandRun.of("format", file, "--size", "4M");

        assertThat(format.exitCode()).isEqualTo(11);
        assertThat(format.err()).startsWith("pramd: EEXIST: ").hasLineCount(1);
        assertThat(format.out()).isEmpty();
        assertThat(Files.readString(file)).isEqualTo("precious");
    }

    @Test
    void refusesAFileThatADaemonHasLocked() {
        Path file = folder.resolve("m");
        CommandRun.of("format", file, "--size", "4M");
        try (FileLock lock = FileLock.acquire(file)) {
            CommandRun format = CommandRun.of("format", lock.path(), "--size", "4M");

            assertThat(format.exitCode()).isEqualTo(12);
            assertThat(format.err()).startsWith("pramd: EBUSY: ").hasLineCount(1);
        }
    }

    @Test
    void refusesSizesThatAreTooSmallOrNone() {
        Path file = folder.resolve("m");

        assertThat(CommandRun.of("format", file, "--size", "3M").exitCode()).isEqualTo(15);
        assertThat(CommandRun.of("format", file, "--size", "much").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("format", file).exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("format", "--size", "4M").exitCode()).isEqualTo(2);
        assertThat(file).doesNotExist();
    }
}
