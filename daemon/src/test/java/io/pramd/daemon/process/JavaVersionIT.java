package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pramd.client.testing.PramdProcess;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.Javas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client side promises Java 17, although all of it is built with a newer one. */
class JavaVersionIT {
    @TempDir Path folder;

    private Path java17;

    @BeforeEach
    void requireJava17() {
        Optional<Path> found = Javas.jdk(17, folder);
        assumeTrue(found.isPresent(), "no JDK 17 found: the client was not tried on it");
        java17 = found.orElseThrow();
    }

    @Test
    void savesAndLoadsOnJava17() throws Exception {
        byte[] bytes = new byte[3_000_001];
        new Random(17).nextBytes(bytes);
        Path file = Files.write(folder.resolve("f"), bytes);
        try (DaemonProcess daemon = DaemonProcess.start(folder.resolve("m"))) {
            Commands commands =
                    new Commands(folder, Map.of())
                            .with("JAVA_HOME", java17.toString())
                            .with("PRAM_SERVER", daemon.uri());

            Ended version = commands.with("PRAM_OPTS", "-showversion").pram("ping");
            Ended saved = commands.pram("save", "f", file.toString(), "--meta", "java=17");
            Ended stat = commands.pram("stat", "f", "--json");
            Ended loaded = commands.pram("load", "f", folder.resolve("back").toString());

            assertThat(version.stderr()).contains("\"17.");
            for (Ended each : List.of(saved, stat, loaded)) {
                assertThat(each.exitCode()).as(each.stderr()).isZero();
                assertThat(each.stderr()).isEmpty();
            }
            assertThat(stat.stdout()).contains("\"length\" : 3000001");
            assertThat(folder.resolve("back")).hasBinaryContent(bytes);
            assertThat(daemon.stop()).isZero();
        }
    }

    @Test
    void runsAProgramOnJava17ThatGoesOnWhenItsDaemonWasKilled() throws Exception {
        // daemon/target/test-classes, in the checkout
        Path tests = DaemonProcess.testClasses().resolve("../../src/test/java").normalize();
        Path source = tests.resolve(Survivor.class.getName().replace('.', '/') + ".java");
        Path memory = folder.resolve("m");
        try (PramdProcess daemon =
                        PramdProcess.builder()
                                .command(DaemonProcess.launcher().toString())
                                .memory(memory)
                                .start();
                CommandProcess program =
                        Commands.in(folder)
                                .start(
                                        List.of(
                                                java17.resolve("bin/java").toString(),
                                                "--class-path",
                                                DaemonProcess.clientJars(),
                                                source.toString(),
                                                daemon.uri()))) {
            await(program, "loaded a", "ready on 17");

            daemon.kill();
            order(program, "b");
            await(program, "loading b");
            daemon.restart();
            await(program, "loaded b", "saved b");

            daemon.stop();
            daemon.restart();
            order(program, "b");

            Ended ended = program.end();
            assertThat(ended.exitCode()).as(ended.stderr()).isZero();
            assertThat(ended.stdout().lines())
                    .endsWith("loaded b", "saved b", "loading b", "loaded b", "saved b");
            assertThat(daemon.stop()).isZero();
        }
        assertThat(Commands.in(folder).pramd("fsck", memory.toString()).exitCode()).isZero();
    }

    private static void order(CommandProcess program, String name) throws IOException {
        program.stdin().write((name + "\n").getBytes(StandardCharsets.UTF_8));
        program.stdin().flush();
    }

    private static void await(CommandProcess program, String... lines) {
        for (String line : lines) {
            Await.until(
                    "the program says: " + line,
                    () -> {
                        if (!program.isAlive()) {
                            throw new AssertionError(program.stdout() + program.stderr());
                        }
                        return program.stdout().lines().anyMatch(line::equals);
                    });
        }
    }
}
