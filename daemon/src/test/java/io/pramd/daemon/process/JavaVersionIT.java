package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client side promises Java 17, although all of it is built with a newer one. */
class JavaVersionIT {
    private static final Path JAVAS = Path.of("/usr/lib/jvm");

    @TempDir Path folder;

    @Test
    void savesAndLoadsOnJava17() throws Exception {
        Optional<Path> java17 = findJava17();
        assumeTrue(java17.isPresent(), "no Java 17 below " + JAVAS + ": pram was not tried on it");
        byte[] bytes = new byte[3_000_001];
        new Random(17).nextBytes(bytes);
        Path file = Files.write(folder.resolve("f"), bytes);
        try (DaemonProcess daemon = DaemonProcess.start(folder.resolve("m"))) {
            Commands commands =
                    new Commands(folder, Map.of())
                            .with("JAVA_HOME", java17.get().toString())
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

    private static Optional<Path> findJava17() throws IOException {
        if (!Files.isDirectory(JAVAS)) {
            return Optional.empty();
        }
        try (Stream<Path> javas = Files.list(JAVAS)) {
            return javas.filter(JavaVersionIT::is17).findFirst();
        }
    }

    private static boolean is17(Path home) {
        try {
            return Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"17.")
                    && Files.isExecutable(home.resolve("bin/java"));
        } catch (IOException e) {
            return false;
        }
    }
}
