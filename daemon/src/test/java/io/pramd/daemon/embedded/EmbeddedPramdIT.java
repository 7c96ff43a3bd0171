package io.pramd.daemon.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program with a daemon inside, in a JVM of its own. */
class EmbeddedPramdIT {
    @TempDir Path folder;

    @Test
    void needsNoLibraryOfTheCommandsAndKeepsNoJvmFromEnding() {
        List<String> program =
                List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + folder,
                        "--class-path",
                        DaemonProcess.daemonJars() + ":" + DaemonProcess.testClasses(),
                        EmbeddedProgram.class.getName());

        Ended ended = Commands.in(folder).run(program);

        assertThat(ended.exitCode()).as(ended.stderr()).isZero();
        assertThat(ended.stdout()).startsWith("still here\n" + folder);
        assertThat(ended.stderr()).doesNotContain("Exception");
    }
}
