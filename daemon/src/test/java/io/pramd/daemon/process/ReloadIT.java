package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.InfoValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP to a real daemon: what can change does, and what is wrong changes nothing. */
class ReloadIT {
    private static final String READ_AGAIN = "the configuration is read again: ";

    @TempDir Path folder;

    private Path config;

    @BeforeEach
    void nameFile() {
        config = folder.resolve("pramd.conf");
    }

    private DaemonProcess start(String... options) {
        return DaemonProcess.start(
                Map.of("PRAMD_CONFIG", config.toString()), folder.resolve("m"), options);
    }

    /** SIGHUP; answers the lines that the daemon has logged about it. */
    private List<String> reload(DaemonProcess daemon, String text) throws IOException {
        Files.writeString(config, text);
        long before = daemon.log().lines().count();
        assertThat(Commands.in(folder).shell("kill -HUP " + daemon.pid()).exitCode()).isZero();
        Await.until(
                "the file is read",
                () ->
                        daemon.log()
                                .lines()
                                .skip(before)
                                .anyMatch(
                                        line ->
                                                line.contains(READ_AGAIN)
                                                        || line.contains("ERROR")));
        return daemon.log().lines().skip(before).filter(line -> line.contains(".Reload ")).toList();
    }

    private static long info(DaemonProcess daemon, String key) {
        try (PramClient client = PramClient.connect(daemon.uri())) {
            return ((InfoValue.Count) client.info().get(key)).value();
        }
    }

    @Test
    void whatCanChangeDoes() throws IOException {
        Files.writeString(config, "drain = \"60s\"\nsaving-max = \"1h\"\n");
        try (DaemonProcess daemon = start();
                PramClient client = PramClient.connect(daemon.uri());
                SaveStream open = client.openSave("open")) {
            List<String> lines =
                    reload(
                            daemon,
                            """
                            drain = "10ms"
                            saving-max = "7s"
                            scrub = "40M/s"
                            log-level = "debug"
                            """);

            assertThat(lines)
                    .singleElement()
                    .asString()
                    .contains(
                            "INFO",
                            READ_AGAIN,
                            "drain=10ms from " + config + ":1",
                            "saving-max=7s from " + config + ":2",
                            "scrub=40M/s from " + config + ":3",
                            "log-level=debug from " + config + ":4");
            assertThat(info(daemon, "limits.savingMillisMax")).isEqualTo(7000);
            assertThat(info(daemon, "scrub.bytesPerSecond")).isEqualTo(40 << 20);
            Await.until("a connection is told of", () -> daemon.log().contains(" DEBUG "));
            open.write(new byte[1]); // has no end within 10 ms
            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log()).contains("running streams have 0.01 s to end");
            open.discard();
        }
    }

    @Test
    void aWrongFileChangesNothingAndIsOneLine() throws IOException {
        Files.writeString(config, "saving-max = \"1h\"\ndrain = 3\n");
        try (DaemonProcess daemon = start()) {
            for (String wrong :
                    List.of(
                            "saving-max = \"7s\"\ndrain = \"soon\"\n",
                            "saving-max = \"7s\"\ndrains = 5\n",
                            "saving-max = \"7s\"\ntokens = \"t\"\n",
                            "saving-max = \"7s\"\naccess = \"/none\"\n",
                            "saving-max = \"7s\"\naudit-log = \"/none/a\"\n",
                            "saving-max = \"7s\"\n[[\n")) {
                assertThat(reload(daemon, wrong))
                        .singleElement()
                        .asString()
                        .contains("ERROR", "nothing is changed", config + ":2");
            }
            Files.delete(config);
            Files.createDirectory(config);
            Commands.in(folder).shell("kill -HUP " + daemon.pid());
            Await.until("it is refused", () -> daemon.log().contains("cannot read the config"));

            assertThat(info(daemon, "limits.savingMillisMax")).isEqualTo(3_600_000);
            Files.delete(config);
            assertThat(reload(daemon, "saving-max = \"1h\"\ndrain = 3\n"))
                    .singleElement()
                    .asString()
                    .endsWith("changed=nothing");
            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log()).contains("running streams have 3.0 s to end");
        }
    }

    @Test
    void whatCannotChangeIsSaidToWaitAndTheCommandLineStays() throws IOException {
        Files.writeString(config, "durability = \"process\"\n");
        try (DaemonProcess daemon = start("--saving-max", "9s")) {
            List<String> lines =
                    reload(daemon, "durability = \"interval\"\nsaving-max = 1\ninsecure = true\n");

            assertThat(lines).hasSize(3);
            assertThat(lines.getFirst())
                    .contains("WARN", "waits for a restart: insecure=true from " + config + ":3");
            assertThat(lines.get(1))
                    .contains("waits for a restart: durability=interval from " + config + ":1");
            assertThat(lines.getLast()).endsWith("changed=nothing");
            assertThat(info(daemon, "limits.savingMillisMax")).isEqualTo(9000);
            assertThat(reload(daemon, "durability = \"process\"\n")).hasSize(1);
        }
    }

    @Test
    void anotherSizeIsSaidToChangeNothingOfAFileThatIsThere() throws IOException {
        Files.writeString(config, "drain = 3\n");
        try (DaemonProcess daemon = start("--size", "8M")) {
            assertThat(daemon.stop()).isZero();
        }
        Files.writeString(config, "size = \"8M\"\n");
        try (DaemonProcess daemon = start()) {
            assertThat(reload(daemon, "size = \"16M\"\n")).hasSize(1);
            assertThat(daemon.log())
                    .contains("--size 16 MiB only creates", "'pram grow 16777216'")
                    .doesNotContain("waits for a restart");
        }
    }

    @Test
    void theLogIsWrittenInTheFormatOfTheFile() throws IOException {
        Files.writeString(config, "log-format = \"json\"\n");
        try (DaemonProcess daemon = start()) {
            Await.until("it has logged", () -> daemon.log().contains("recovery: "));
            assertThat(daemon.log()).startsWith("{");
            assertThat(reload(daemon, "log-format = \"human\"\n"))
                    .singleElement()
                    .asString()
                    .contains(" INFO ", "log-format=human from " + config + ":1");
        }
    }

    @Test
    void whoWasStartedToIgnoreTheSignalSaysSo() {
        String memory = folder.resolve("m").toString();
        try (CommandProcess daemon =
                Commands.in(folder)
                        .startShell(
                                "trap '' HUP; exec pramd serve --size 4M --listen"
                                        + " pram://127.0.0.1:0 --memory "
                                        + memory)) {
            Await.until("it serves", () -> daemon.stdout().startsWith("READY "));
            Await.until("it says so", () -> daemon.stderr().contains("started to ignore it"));
            assertThat(daemon.stderr())
                    .containsOnlyOnce("SIGHUP does not read the configuration again");
        }
    }
}
