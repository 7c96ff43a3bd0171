package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units for systemd in the distribution, with folders of the test in place of the system's. */
class ServiceUnitIT {
    private static final String ANALYZER = "systemd-analyze";

    @TempDir Path folder;

    private Path service;
    private Path socket;
    private Path configuration;

    @BeforeEach
    void putInPlace() throws IOException {
        service = put("pramd.service");
        socket = put("pramd.socket");
        configuration = put("pramd.conf");
    }

    private Path put(String name) throws IOException {
        Path distribution = DaemonProcess.distribution();
        String text =
                Files.readString(distribution.resolve("share").resolve(name))
                        .replace("/opt/pramd/", distribution + "/")
                        .replace("/var/lib/pramd/", folder + "/")
                        .replace("/run/pramd/", folder + "/")
                        .replace("group = \"pramd\"", "group = \"" + groupOf(folder) + "\"")
                        .replaceFirst("(?m)^size = .*$", "size = \"16M\"");
        return Files.writeString(folder.resolve(name), text);
    }

    private static String groupOf(Path path) throws IOException {
        return Files.readAttributes(path, PosixFileAttributes.class).group().getName();
    }

    @Test
    void startsADaemonThatStopsCleanly() throws IOException {
        String line = "";
        for (String each : Files.readAllLines(service)) {
            line = each.startsWith("ExecStart=") ? each.substring(each.indexOf('=') + 1) : line;
        }
        Commands commands = Commands.in(folder).with("PRAMD_CONFIG", configuration.toString());
        try (CommandProcess daemon = commands.startShell("exec " + line)) {
            PramConfig patient = PramConfig.defaults().withConnectWait(Duration.ofSeconds(60));
            try (PramClient client =
                    PramClient.connect("pram+unix://" + folder.resolve("socket"), patient)) {
                client.save("a", new byte[100]);
            }
            // it serves before it says so, and only then does a signal end it cleanly
            Await.until("READY", () -> daemon.stdout().startsWith("READY "));
            ProcessHandle.of(daemon.pid()).orElseThrow().destroy();

            Ended ended = daemon.end();

            assertThat(ended.exitCode()).as(ended.stderr()).isZero();
            assertThat(ended.stdout()).startsWith("READY ");
        }
        assertThat(folder.resolve("memory")).hasSize(16 << 20);
    }

    @Test
    void areUnderstoodBySystemd() {
        Programs.assumeIsHere(ANALYZER, "systemd");

        // The manual pages that it names are not installed here.
        Ended verified = analyze("verify", "--man=no", service.toString(), socket.toString());

        assertThat(verified.exitCode()).as(verified.stderr()).isZero();
        assertThat(verified.stderr()).doesNotContain("pramd.");
    }

    /** 2.0 of 10: what a network service that maps memory can well be held to. */
    @Test
    void letTheDaemonDoLittle() {
        Programs.assumeIsHere(ANALYZER, "systemd");

        Ended judged = analyze("security", "--offline=true", "--threshold=20", service.toString());

        assertThat(judged.exitCode()).as(judged.stdout() + judged.stderr()).isZero();
        assertThat(judged.stdout()).contains("Overall exposure level");
    }

    private Ended analyze(String... words) {
        Commands commands = Commands.in(folder).with("SYSTEMD_COLORS", "0");
        List<String> all = new ArrayList<>(List.of(ANALYZER));
        all.addAll(List.of(words));
        return commands.run(all);
    }
}
