package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples that --help shows do what they say: each is run as it stands. */
class HelpIT {
    @TempDir static Path served;
    @TempDir Path folder;

    private static DaemonProcess daemon;
    private static PramClient client;
    private Commands commands;

    @BeforeAll
    static void start() {
        daemon = DaemonProcess.start(served.resolve("memory"), "--size", "64M");
        client = PramClient.connect(daemon.uri());
    }

    @AfterAll
    static void stop() {
        client.close();
        daemon.close();
    }

    @BeforeEach
    void makeFiles() throws IOException {
        commands = Commands.in(folder);
        Files.writeString(folder.resolve("hello.txt"), "hello");
        Files.createDirectory(folder.resolve("src"));
        Files.writeString(folder.resolve("src/one"), "one");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "save", "load", "cat", "ls", "stat", "rm", "info", "top", "grow", "backup",
                "export", "import", "ping"
            })
    void everyExampleOfPramRuns(String verb) throws IOException {
        Commands there = commands.with("PRAM_SERVER", daemon.uri());
        client.removeAll("");
        if (!verb.equals("save")) {
            succeeds(commands, "tar cf packed src");
            client.save("greeting", folder.resolve("hello.txt"));
            client.save("src.tar", folder.resolve("packed"));
        }
        for (String example : examples("pram " + verb)) {
            succeeds(there, endless(example) ? example + " -n 1" : example);
        }
    }

    private static boolean endless(String example) {
        return example.startsWith("pram top") && !example.contains("-n ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"format", "grow", "shrink", "fsck", "dump", "token add", "token list"})
    void everyExampleOfPramdRuns(String subcommand) {
        if (!subcommand.equals("format")) {
            succeeds(commands, "pramd format memory --size 64M");
        }
        if (subcommand.equals("token list")) {
            succeeds(commands, "pramd token add search --tokens tokens");
        }
        examples("pramd " + subcommand).forEach(example -> succeeds(commands, example));
    }

    @ParameterizedTest
    @ValueSource(strings = {"config show", "config check"})
    void everyExampleOfConfigRuns(String subcommand) throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("pramd.conf"), "memory = \"memory\"\nsize = \"4M\"");
        Commands there = commands.with("PRAMD_CONFIG", file.toString());
        examples("pramd " + subcommand).forEach(example -> succeeds(there, example));
    }

    @Test
    void theExampleOfRevokeRuns() {
        succeeds(commands, "pramd token add search --tokens tokens");
        String id = commands.pramd("token", "list", "--tokens", "tokens").stdout().split(" ")[0];
        for (String example : examples("pramd token revoke")) {
            succeeds(commands, example.replaceFirst("[0-9a-f]{16}", id));
        }
    }

    /** With other paths and ports, and less memory. */
    @Test
    void everyExampleOfServeServes() throws IOException {
        Files.writeString(folder.resolve("pramd.conf"), "memory = \"" + folder + "/other\"");
        for (String example : examples("pramd serve")) {
            String here =
                    example.replaceAll("/var/lib/pramd/|/run/|/etc/pramd/", folder + "/")
                            .replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:0")
                            .replaceFirst(" --size \\S+|$", " --size 64M");
            try (CommandProcess daemon = commands.startShell("exec " + here)) {
                Await.until(
                        "it serves: " + here + daemon.stderr(),
                        () -> daemon.stdout().startsWith("READY") || !daemon.isAlive());
                assertThat(daemon.stdout()).as(daemon.stderr()).startsWith("READY");
            }
        }
    }

    private List<String> examples(String command) {
        String help = commands.shell(command + " --help").stdout();
        List<String> lines =
                help.lines()
                        .dropWhile(line -> !line.equals("Examples:"))
                        .skip(1)
                        .takeWhile(line -> line.startsWith("  "))
                        .map(String::strip)
                        .toList();
        assertThat(lines).isNotEmpty();
        return lines;
    }

    private static void succeeds(Commands where, String line) {
        Ended ended = where.shell("set -o pipefail; " + line);
        assertThat(ended.exitCode()).as(line + "\n" + ended.stderr()).isZero();
    }
}
