package io.pramd.daemon.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program with a daemon inside, in a JVM of its own. */
class EmbeddedPramdIT {
    /** Jars that the commands need, and a program with a daemon inside does not. */
    private static final String COMMANDS_ONLY = "(picocli|logback|jackson|progressbar|jline).*";

    @TempDir Path folder;

    @Test
    void needsNoLibraryOfTheCommandsAndKeepsNoJvmFromEnding() throws Exception {
        String jars;
        try (Stream<Path> all = Files.list(DaemonProcess.distribution().resolve("lib"))) {
            jars =
                    all.filter(jar -> !jar.getFileName().toString().matches(COMMANDS_ONLY))
                            .map(Path::toString)
                            .collect(Collectors.joining(":"));
        }
        List<String> program =
                List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + folder,
                        "--class-path",
                        jars + ":" + DaemonProcess.testClasses(),
                        EmbeddedProgram.class.getName());

        Ended ended = Commands.in(folder).run(program);

        assertThat(ended.exitCode()).as(ended.stderr()).isZero();
        assertThat(ended.stdout()).startsWith("still here\n" + folder);
        assertThat(ended.stderr()).doesNotContain("Exception");
    }
}
