package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.memory.FileLock;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShrinkCommandTest {
    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void format() {
        file = folder.resolve("m");
        assertThat(CommandRun.of("format", file, "--size", "6.5M").exitCode()).isZero();
    }

    @Test
    void makesAFileSmaller() {
        CommandRun shrink = CommandRun.of("shrink", file, "--size", "4M");

        assertThat(shrink.exitCode()).as(shrink.err()).isZero();
        assertThat(shrink.out())
                .isEqualTo(
                        file
                                + ": shrunk from 6.5 MiB to 4 MiB, 1024 frames"
                                + System.lineSeparator());
        assertThat(file).hasSize(4 << 20);
        assertThat(CommandRun.of("fsck", file).exitCode()).isZero();
        assertThat(CommandRun.of("shrink", file, "--size", "4M").out())
                .contains("is 4 MiB already");
        assertThat(CommandRun.of("grow", file, "--size", "8M").exitCode()).isZero();
    }

    @Test
    void refusesWhatIsServedAndWhatIsNoSize() {
        try (FileLock lock = FileLock.acquire(file)) {
            assertThat(lock.path()).isEqualTo(file);
            assertThat(CommandRun.of("shrink", file, "--size", "4M").exitCode()).isEqualTo(12);
        }
        CommandRun larger = CommandRun.of("shrink", file, "--size", "8M");
        assertThat(larger.exitCode()).isEqualTo(15);
        assertThat(larger.err()).contains("pramd grow").hasLineCount(1);
        assertThat(CommandRun.of("shrink", file, "--size", "3M").exitCode()).isEqualTo(15);
        assertThat(CommandRun.of("shrink", file, "--size", "much").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("shrink", file).exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("shrink", folder.resolve("none"), "--size", "4M").exitCode())
                .isEqualTo(10);
        assertThat(file).hasSize(13 << 19);
    }
}
