package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.testing.PramdProcess;
import io.pramd.client.testing.PramdProcessException;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.NodeRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users' tests get from {@link PramdProcess}. */
class PramdProcessIT {
    private static final int KILLED = 128 + 9;

    /** Of a start or an end that never comes; long enough for a shell to say what it has to. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String TEXT = "still here";

    @TempDir Path folder;

    private static PramdProcess.Builder builder() {
        return DaemonProcess.builder();
    }

    @AfterEach
    void clearProperty() {
        System.clearProperty("pramd.command");
    }

    @Test
    void servesATemporaryFileOnAFreePortAndLeavesNothing() {
        System.setProperty("pramd.command", DaemonProcess.launcher().toString());
        PramdProcess first = PramdProcess.start();
        try (PramdProcess second = PramdProcess.start()) {
            assertThat(first.uri()).startsWith("pram://127.0.0.1:").isNotEqualTo(second.uri());
            assertThat(first.memory()).hasSize(64 << 20).isNotEqualTo(second.memory());
            save(first, "a");
            assertThat(read(first, "a")).isEqualTo(TEXT);
            assertThat(names(second)).isEmpty();

            first.close();
            first.close();

            assertThat(first.isRunning()).isFalse();
            assertThat(ProcessHandle.of(first.pid())).isEmpty();
            assertThat(first.memory().getParent()).doesNotExist();
            assertThat(second.isRunning()).isTrue();
            assertThatIllegalStateException().isThrownBy(first::restart);
        }
    }

    @Test
    void comesBackAtTheSameAddressWithTheSameNodesHoweverItEnded() {
        try (PramdProcess daemon = builder().listen("pram://127.0.0.1:0").unixSocket().start()) {
            List<String> uris = daemon.uris();
            assertThat(uris).hasSize(2);
            save(daemon, "a");

            long pid = daemon.pid();
            daemon.kill();
            assertThat(daemon.isRunning()).isFalse();
            assertThat(daemon.stop()).isEqualTo(KILLED);
            daemon.restart();
            assertThat(daemon.pid()).isNotEqualTo(pid);
            save(daemon, "b");

            assertThat(daemon.stop()).isZero();
            daemon.restart();
            save(daemon, "c");

            daemon.restart();

            assertThat(daemon.uris()).isEqualTo(uris);
            assertThat(names(daemon)).containsExactly("a", "b", "c");
            try (PramClient client = PramClient.connect(uris.get(1))) {
                assertThat(client.list("")).hasSize(3);
            }
            assertThat(daemon.log().lines().filter(line -> line.contains("stopped cleanly")))
                    .hasSize(2);
            assertThat(daemon.log()).doesNotContain("WARN");
            assertThat(daemon.output()).hasSize(1);
        }
    }

    @Test
    void leavesFilesThatAreTheCallers() throws Exception {
        Path memory = folder.resolve("memory");
        Path log = Files.writeString(folder.resolve("log"), "earlier\n");
        try (PramdProcess daemon =
                builder()
                        .memory(memory)
                        .log(log)
                        .sizeBytes(8 << 20)
                        .unixSocket()
                        .options("--drain", "1s")
                        .environment("PRAMD_OPTS", "-showversion")
                        .start()) {
            assertThat(daemon.uri()).startsWith("pram+unix:///");
            save(daemon, "a");
            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log()).contains("running streams have 1.0 s to end");
        }

        assertThat(memory).hasSize(8 << 20);
        assertThat(log).content().startsWith("earlier\n").contains("Runtime Environment");
        try (PramdProcess again = builder().memory(memory).start()) {
            assertThat(read(again, "a")).isEqualTo(TEXT);
            assertThatThrownBy(() -> builder().memory(memory).start())
                    .isInstanceOf(PramdProcessException.class)
                    .hasMessageContainingAll("exitCode=12", "pid=" + again.pid());
        }
    }

    @Test
    void saysWhatTheDaemonSaidWhenItDoesNotStart() {
        Path memory = folder.resolve("missing/memory");

        assertThatThrownBy(() -> builder().memory(memory).log(folder.resolve("log")).start())
                .isInstanceOf(PramdProcessException.class)
                .hasMessageContainingAll("exitCode=10", memory.toString(), "no such folder");
        assertThatThrownBy(() -> PramdProcess.builder().command("/nonexistent/pramd").start())
                .isInstanceOf(PramdProcessException.class)
                .hasMessageContaining("/nonexistent/pramd");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--memory", "--memory=m", "--listen", "--listen=pram://127.0.0.1:0"})
    void refusesOptionsThatItSetsItself(String option) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().options(option))
                .withMessageContaining(option);
    }

    @Test
    void leavesNothingOfADaemonThatDiesWhileItStarts() {
        String script = "i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo \"line $i\" >&2; done; ";

        assertThatThrownBy(() -> shell(script + "echo almost; exit 7").start())
                .isInstanceOf(PramdProcessException.class)
                .hasMessageContainingAll("exitCode=7", "[almost]", "line 21\n", "line 50")
                .hasMessageNotContaining("line 20\n");
    }

    @Test
    void killsADaemonThatDoesNotGetReadyAndAllThatItStarted() throws Exception {
        Path pids = folder.resolve("pids");
        String script = "sleep 600 & echo $$ $! > '" + pids + "'; echo hanging >&2; wait";

        assertThatThrownBy(() -> shell(script).patience(PATIENCE).start())
                .isInstanceOf(PramdProcessException.class)
                .hasMessageContainingAll("not ready in time", PATIENCE.toString(), "hanging");

        for (String pid : Files.readString(pids).strip().split(" ")) {
            Await.until("process " + pid + " is gone", () -> !isAlive(Long.parseLong(pid)));
        }
    }

    @Test
    void killsADaemonThatDoesNotStopInTime() {
        String script = "trap '' TERM; echo READY pram://127.0.0.1:1; while :; do sleep 1; done";
        try (PramdProcess daemon = shell(script).patience(PATIENCE).start()) {
            assertThatThrownBy(daemon::stop)
                    .isInstanceOf(PramdProcessException.class)
                    .hasMessageContaining("did not end in time");
            assertThat(daemon.isRunning()).isFalse();
        }
    }

    @Test
    void drainsWhateverTheDaemonPrints() {
        String script =
                "echo before; echo READY pram://127.0.0.1:1; head --bytes=1000000 /dev/zero |"
                        + " tr '\\0' x; echo; echo last";
        try (PramdProcess daemon = shell(script).start()) {
            assertThat(daemon.awaitExit()).isZero();
            assertThat(daemon.output()).hasSize(4).startsWith("before").endsWith("last");
            assertThat(daemon.output().get(2)).hasSize(1_000_000);
        }
    }

    @Test
    void goesOnWaitingForTheEndOfAKilledDaemonWhenInterrupted() {
        try (PramdProcess daemon = builder().start()) {
            Thread.currentThread().interrupt();

            daemon.kill();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(daemon.isRunning()).isFalse();

            Thread.currentThread().interrupt();
            assertThatThrownBy(daemon::restart)
                    .isInstanceOf(PramdProcessException.class)
                    .hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(daemon.isRunning()).isFalse();
        }
    }

    @Test
    void endsWithTheJvmThatHasForgottenIt() {
        List<String> program =
                List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-Dpramd.command=" + DaemonProcess.launcher(),
                        "--class-path",
                        DaemonProcess.distribution().resolve("lib")
                                + "/*:"
                                + DaemonProcess.testClasses(),
                        ForgetfulProgram.class.getName());

        Ended ended = Commands.in(folder).run(program);

        assertThat(ended.exitCode()).as(ended.stderr()).isEqualTo(3);
        List<String> lines = ended.stdout().lines().toList();
        assertThat(isAlive(Long.parseLong(lines.get(0)))).isFalse();
        assertThat(Path.of(lines.get(1)).getParent()).doesNotExist();
    }

    /** Whatever is said in the name of pramd by a shell script, which ignores its arguments. */
    private static PramdProcess.Builder shell(String script) {
        return PramdProcess.builder().command("sh", "-c", script);
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static void save(PramdProcess daemon, String name) {
        try (PramClient client = PramClient.connect(daemon.uri())) {
            client.save(name, TEXT.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static List<String> names(PramdProcess daemon) {
        try (PramClient client = PramClient.connect(daemon.uri())) {
            return client.list("").stream().map(NodeRecord::name).toList();
        }
    }

    private static String read(PramdProcess daemon, String name) {
        try (PramClient client = PramClient.connect(daemon.uri())) {
            return new String(client.peek(name, LoadStream::readAllBytes), StandardCharsets.UTF_8);
        }
    }
}
