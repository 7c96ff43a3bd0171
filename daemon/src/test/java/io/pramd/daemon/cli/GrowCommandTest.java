package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.memory.FileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowCommandTest {
    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void format() {
        file = folder.resolve("m");
        assertThat(CommandRun.of("format", file, "--size", "4M").exitCode()).isZero();
    }

    @Test
    void makesAFileLarger() throws IOException {
        CommandRun grow = CommandRun.of("grow", file, "--size", "6.5M");

        assertThat(grow.exitCode()).as(grow.err()).isZero();
        assertThat(grow.out())
                .isEqualTo(
                        file
                                + ": grown from 4 MiB to 6.5 MiB, 1664 frames"
                                + System.lineSeparator());
        assertThat(Files.size(file)).isEqualTo(13 << 19);
        assertThat(CommandRun.of("fsck", file).exitCode()).isZero();
        assertThat(CommandRun.of("grow", file, "--size", "6.5M").out())
                .contains("is 6.5 MiB already");
    }

    @Test
    void saysHowToGrowAFileThatIsServed() throws IOException {
        try (FileLock lock = FileLock.acquire(file)) {
            lock.writePid();
            CommandRun grow = CommandRun.of("grow", file, "--size", "8M");

            assertThat(grow.exitCode()).isEqualTo(12);
            assertThat(grow.err())
                    .contains("pid=" + ProcessHandle.current().pid())
                    .contains("pram grow " + (8 << 20))
                    .hasLineCount(1);
        }
        assertThat(Files.size(file)).isEqualTo(4 << 20);
    }

    @Test
    void refusesToShrinkAndWhatIsNoSize() {
        assertThat(CommandRun.of("grow", file, "--size", "3M").exitCode()).isEqualTo(15);
        assertThat(CommandRun.of("grow", file, "--size", "much").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("grow", file).exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("grow", folder.resolve("none"), "--size", "8M").exitCode())
                .isEqualTo(10);
        assertThat(file).hasSize(4 << 20);
    }
}
