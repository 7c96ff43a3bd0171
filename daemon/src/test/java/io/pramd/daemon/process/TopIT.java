package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.client.PramClient;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** pram top on a real terminal, and in a pipe beside a save that runs. */
class TopIT {
    private static final String FIRST_SCREEN_AGAIN = "\u001b[?1049l";

    private static final String TOP =
            "stty rows 30 cols 90; before=$(stty -g); pram top --interval 200ms; code=$?;"
                    + " [ \"$before\" = \"$(stty -g)\" ] && echo as before, code=$code";

    /** From 3 s on, and later on a machine that stood still then. */
    private static final Pattern WAITING = Pattern.compile("waiting for ([3-9]|\\d\\d) s");

    @TempDir static Path folder;

    private static DaemonProcess daemon;
    private static PramClient client;
    private static Commands commands;

    @BeforeAll
    static void start() {
        daemon = DaemonProcess.start(folder.resolve("m"), "--size", "8M");
        client = PramClient.connect(daemon.uri());
        client.save("some/node", new byte[10_000]);
        commands = Commands.in(folder).with("PRAM_SERVER", daemon.uri()).with("TERM", "xterm");
    }

    @AfterAll
    static void stop() {
        client.close();
        daemon.close();
    }

    @Test
    void keysWorkAndTheTerminalIsLeftAsItWas() throws IOException {
        try (CommandProcess top = onTerminal()) {
            Await.until("it shows the node", () -> top.stdout().contains("some/node"));
            press(top, 'h');
            Await.until("it helps", () -> top.stdout().contains("stand still, and go on"));
            press(top, 'q');
            Await.until("it ends", () -> !top.isAlive());
            assertThat(top.stdout()).containsSubsequence(FIRST_SCREEN_AGAIN, "as before, code=0");
        }
    }

    @Test
    void saysSoonThatADaemonHangsAndGoesOnWithIt() {
        try (CommandProcess top = onTerminal()) {
            Await.until("it shows the node", () -> top.stdout().contains("some/node"));
            commands.shell("kill -STOP " + daemon.pid());
            try {
                Await.until("it says so", () -> WAITING.matcher(top.stdout()).find());
            } finally {
                commands.shell("kill -CONT " + daemon.pid());
            }
            int said = top.stdout().length();
            Await.until(
                    "the daemon is ready again",
                    () -> top.stdout().substring(said).contains("ready"));
        }
    }

    @Test
    void aSignalLeavesTheTerminalAsItWas() {
        try (CommandProcess top = onTerminal()) {
            Await.until("it shows the node", () -> top.stdout().contains("some/node"));
            ProcessHandle.of(top.pid())
                    .orElseThrow()
                    .descendants()
                    .filter(TopIT::isJava)
                    .forEach(ProcessHandle::destroy);
            Await.until("it ends", () -> !top.isAlive());
            assertThat(top.stdout()).containsSubsequence(FIRST_SCREEN_AGAIN, "as before, code=143");
        }
    }

    @Test
    void whatRunsIsInAPipeToo() throws IOException {
        try (SaveStream save = client.openSave("running/save")) {
            save.write(ByteBuffer.allocate(1 << 20));
            Ended top = commands.pram("top", "--json", "--sort", "name", "-n", "1", "running/");
            assertThat(top.exitCode()).isZero();
            JsonNode look = new ObjectMapper().readTree(top.stdout());
            assertThat(look.get("info").get("streams").get("saving").asLong()).isEqualTo(1);
            assertThat(look.get("nodes").get(0).get("state").asText()).isEqualTo("saving");
            assertThat(look.get("streams").get(0).get("kind").asText()).isEqualTo("save");
            assertThat(look.get("streams").get(0).get("name").asText()).isEqualTo("running/save");
            assertThat(look.get("info").get("server").get("version").asText()).startsWith("pramd ");

            Ended text = commands.pram("top", "-n", "2", "--interval", "100ms");
            assertThat(text.exitCode()).isZero();
            assertThat(text.stdout()).contains("running/save").contains("saves 1 ");
            assertThat(text.stdout().lines())
                    .anyMatch(line -> line.startsWith("save ") && line.endsWith(" running/save"));
            assertThat(text.stdout()).containsPattern("requests \\d+(\\.\\d)?/s");
            assertThat(text.stdout()).doesNotContain("\u001b");
        }
    }

    /** Whoever reads it may have seen enough. */
    @Test
    void endsWithItsReader() {
        Ended first = commands.shell("pram top --interval 100ms | head -n 1");
        assertThat(first.exitCode()).isZero();
        assertThat(first.stdout()).contains(daemon.uri());
        assertThat(first.stderr()).isEmpty();
    }

    private static CommandProcess onTerminal() {
        return commands.start(
                List.of("script", "--quiet", "--flush", "--command", TOP, "/dev/null"));
    }

    private static void press(CommandProcess top, char key) throws IOException {
        top.stdin().write(key);
        top.stdin().flush();
    }

    private static boolean isJava(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("/java");
    }
}
