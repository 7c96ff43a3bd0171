package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit for systemd in the distribution, with folders of the test in place of the system's. */
class ServiceUnitIT {
    private static final Path ANALYZER = Path.of("/usr/bin/systemd-analyze");

    @TempDir Path folder;

    private String unit;

    @BeforeEach
    void readUnit() throws IOException {
        Path distribution = DaemonProcess.distribution();
        unit =
                Files.readString(distribution.resolve("share/pramd.service"))
                        .replace("/opt/pramd/", distribution + "/")
                        .replace("/var/lib/pramd/", folder + "/")
                        .replace("/run/pramd/", folder + "/")
                        .replace("--group pramd", "--group " + groupOf(folder));
    }

    private static String groupOf(Path path) throws IOException {
        return Files.readAttributes(path, PosixFileAttributes.class).group().getName();
    }

    @Test
    void startsADaemonThatStopsCleanly() {
        String start =
                unit.lines()
                        .filter(line -> line.startsWith("ExecStart="))
                        .findFirst()
                        .orElseThrow();
        String line = start.substring("ExecStart=".length());
        Commands commands =
                Commands.in(folder).with("PRAMD_SIZE", "16M").with("PRAMD_SERVE_OPTIONS", "");
        try (CommandProcess daemon = commands.startShell("exec " + line)) {
            PramConfig patient = PramConfig.defaults().withConnectWait(Duration.ofSeconds(60));
            try (PramClient client =
                    PramClient.connect("pram+unix://" + folder.resolve("socket"), patient)) {
                client.save("a", new byte[100]);
            }
            ProcessHandle.of(daemon.pid()).orElseThrow().destroy();

            Ended ended = daemon.end();

            assertThat(ended.exitCode()).as(ended.stderr()).isZero();
            assertThat(ended.stdout()).startsWith("READY ");
        }
        assertThat(folder.resolve("memory")).hasSize(16 << 20);
    }

    /** Only where there is a systemd to ask: nothing else knows what a unit may say. */
    @Test
    void isUnderstoodBySystemd() throws Exception {
        Path file = Files.writeString(folder.resolve("pramd.service"), unit);
        if (Files.isExecutable(ANALYZER)) {
            Ended verified =
                    Commands.in(folder)
                            .run(List.of(ANALYZER.toString(), "verify", file.toString()));

            assertThat(verified.exitCode()).as(verified.stderr()).isZero();
            assertThat(verified.stderr()).doesNotContain("pramd.service");
        }
    }
}
