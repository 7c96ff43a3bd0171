package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.memory.FileLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code scripts/service}: a daemon in the background that is found again. */
class ServiceIT {
    private static final int NOT_RUNNING = 3;
    private static final int DEAD = 1;
    private static final int USAGE = 2;
    private static final int EBUSY = 12;

    @TempDir Path folder;

    private Path script;
    private Path memory;
    private Path pidFile;
    private Path socket;
    private Commands commands;

    @BeforeEach
    void prepare() {
        // daemon/target/pramd-VERSION, in the checkout
        Path checkout = DaemonProcess.distribution().getParent().getParent().getParent();
        script = checkout.resolve("scripts/service");
        Path state = folder.resolve("state/pramd");
        memory = state.resolve("memory");
        pidFile = state.resolve("pid");
        socket = folder.resolve("s");
        commands =
                Commands.in(folder)
                        .with("XDG_STATE_HOME", folder.resolve("state").toString())
                        .with("PRAMD_SIZE", "16M")
                        .with("PRAMD_LISTEN", "pram+unix://" + socket)
                        .with("PRAM_SERVER", "pram+unix://" + socket);
    }

    @AfterEach
    void leaveNothing() {
        service("stop", "--force", "--wait", "5");
    }

    private Ended service(String... args) {
        return commands.run(command(args));
    }

    private List<String> command(String... args) {
        List<String> words = new ArrayList<>(List.of(script.toString()));
        words.addAll(List.of(args));
        return words;
    }

    private long startedPid() {
        Ended started = service("start");
        assertThat(started.exitCode()).as(started.stderr()).isZero();
        return pidIn(started);
    }

    private static long pidIn(Ended said) {
        Matcher pid = Pattern.compile("^pramd runs: pid=(\\d+) ", Pattern.MULTILINE).matcher("");
        assertThat(pid.reset(said.stdout()).find()).as(said.stdout()).isTrue();
        return Long.parseLong(pid.group(1));
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    @Test
    void restartKeepsTheOptionsOfTheStart() {
        String other =
                "pram+unix://" + folder.resolve("other socket").toString().replace(" ", "%20");
        assertThat(service("start", "--listen", other).exitCode()).isZero();

        Ended again = service("start", "--listen", "pram://127.0.0.1:1");
        assertThat(again.exitCode()).isZero();
        assertThat(again.stderr()).contains("keeps the options");
        assertThat(service("restart", "--listen", other).exitCode()).isEqualTo(2);
        Ended restarted = service("restart");
        assertThat(restarted.stdout()).endsWith("listeners=" + other + "\n");
    }

    @Test
    void restartAndReloadKeepTheLogOfTheStart() throws IOException {
        Path log = folder.resolve("a log");
        assertThat(service("start", "--log", "a log").exitCode()).isZero();

        assertThat(service("reload").stdout()).contains(" log=" + log);
        assertThat(service("restart", "--log", "another").exitCode()).isEqualTo(USAGE);
        Files.delete(log);
        assertThat(service("restart").exitCode()).isZero();
        Await.until("it is logged", () -> contains(log, "references counted"));
        assertThat(memory.resolveSibling("log")).doesNotExist();
    }

    @Test
    void stopsNothingThatItCouldNotStartAgain() throws Exception {
        Path log = Files.createDirectory(folder.resolve("logs")).resolve("log");
        assertThat(service("start", "--log", log.toString()).exitCode()).isZero();
        Path moved = Files.move(log.getParent(), folder.resolve("moved"));

        Ended refused = service("restart");

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stderr()).startsWith("service: no such folder for the log: ");
        assertThat(service("status").exitCode()).isZero();
        Files.move(moved, log.getParent());
    }

    @Test
    void saysWhatIsWrongWithTheLogBeforeItStarts() {
        Path log = folder.resolve("none/log");

        Ended refused = service("start", "--log", log.toString());

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stderr())
                .isEqualTo(
                        "service: no such folder for the log: log=%s folder=%s%n"
                                .formatted(log, log.getParent()));
        assertThat(refused.stdout()).isEmpty();
        assertThat(service("status").exitCode()).isEqualTo(NOT_RUNNING);
        assertThat(memory).doesNotExist();
    }

    @Test
    void keepsWhatWasSavedOverRestartsAndKills() {
        assertThat(service("status").exitCode()).isEqualTo(NOT_RUNNING);
        long first = startedPid();
        Ended status = service("status");
        assertThat(status.exitCode()).isZero();
        assertThat(status.stdout())
                .isEqualTo(
                        "pramd runs: pid=%d memory=%s listeners=pram+unix://%s%n"
                                .formatted(first, memory, socket));
        assertThat(memory).hasSize(16 << 20);
        assertThat(startedPid()).isEqualTo(first);
        assertThat(commands.shell("echo still here | pram save a").exitCode()).isZero();

        Ended restarted = service("restart");
        assertThat(restarted.exitCode()).as(restarted.stderr()).isZero();
        assertThat(restarted.stdout()).startsWith("pramd has ended cleanly: pid=" + first);
        long second = pidIn(restarted);
        assertThat(second).isNotEqualTo(first);
        assertThat(commands.pram("cat", "a").stdout()).isEqualTo("still here\n");

        ProcessHandle.of(second).orElseThrow().destroyForcibly();
        Await.until("the daemon is gone", () -> !isAlive(second));
        Ended dead = service("status");
        assertThat(dead.exitCode()).isEqualTo(DEAD);
        assertThat(dead.stdout()).contains("is dead", "pid=" + second, pidFile.toString());

        startedPid();
        assertThat(commands.pram("cat", "a").stdout()).isEqualTo("still here\n");
        assertThat(service("stop").exitCode()).isZero();
        assertThat(service("stop").exitCode()).isZero();

        assertThat(service("status").exitCode()).isEqualTo(NOT_RUNNING);
        assertThat(pidFile).doesNotExist();
        assertThat(commands.pramd("fsck", memory.toString()).exitCode()).isZero();
        assertThat(memory.resolveSibling("log")).content().doesNotContain("WARN");
    }

    @Test
    void reportsTheErrorOfADaemonThatDoesNotStart() {
        Ended refused = service("start", "--", "--drain", "soon");

        assertThat(refused.exitCode()).isEqualTo(USAGE);
        assertThat(refused.stderr()).contains("exit code 2", "'--drain'", "'soon' is not a time");
        assertThat(refused.stdout()).isEmpty();
        assertThat(service("status").exitCode()).isEqualTo(NOT_RUNNING);

        long pid = startedPid();
        Ended busy =
                service("start", "--run", folder.resolve("r").toString(), "--memory", "" + memory);
        assertThat(busy.exitCode()).isEqualTo(EBUSY);
        assertThat(busy.stderr()).contains("exit code 12", "EBUSY", "pid=" + pid);
        assertThat(isAlive(pid)).isTrue();
    }

    @Test
    void readsTheFileThatItIsGivenAndNoOther() throws IOException {
        Path file = folder.resolve("pramd.conf");
        String uri = "pram+unix://" + folder.resolve("t");
        Files.writeString(file, "size = \"20M\"\nlisten = \"" + uri + "\"\ndrain = 1\n");
        commands = commands.with("PRAMD_SIZE", "").with("PRAMD_LISTEN", "");

        Ended started =
                commands.shell( // as under nohup
                        "trap '' HUP; '" + script + "' start --config '" + file + "'");

        assertThat(started.stdout()).as(started.stderr()).endsWith("listeners=" + uri + "\n");
        assertThat(memory).hasSize(20 << 20);
        Files.writeString(file, Files.readString(file).replace("drain = 1", "drain = 2"));
        assertThat(service("reload").exitCode()).isZero();
        Path log = memory.resolveSibling("log");
        Await.until("it is read", () -> contains(log, "changed=drain=2 from " + file + ":3"));
        assertThat(service("restart").stdout()).endsWith("listeners=" + uri + "\n");
        assertThat(service("stop").exitCode()).isZero();
        assertThat(log).content().contains("have 2.0 s to end").doesNotContain("WARN");
        assertThat(service("reload").exitCode()).isEqualTo(1);
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void servesOneMemoryFileFromARunFolder() {
        long pid = startedPid();

        Ended other = service("start", "--memory", folder.resolve("other").toString());

        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.stderr()).contains(memory.toString(), "pid=" + pid, "--run");
        assertThat(folder.resolve("other")).doesNotExist();
    }

    @Test
    void leavesAnotherProgramWithThePidAlone() throws Exception {
        Files.createDirectories(pidFile.getParent());
        try (CommandProcess other = commands.start(List.of("sleep", "600"))) {
            for (String action : List.of("stop", "start")) {
                Files.writeString(pidFile, other.pid() + "\n" + memory + "\n");
                Ended status = service("status");
                assertThat(status.exitCode()).isEqualTo(DEAD);
                assertThat(status.stdout())
                        .contains("is another program's now", "pid=" + other.pid());

                Ended done = service(action);

                assertThat(done.exitCode()).as(done.stderr()).isZero();
                assertThat(other.isAlive()).isTrue();
            }
            assertThat(service("status").exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x\n", "4194305\n/none\n"})
    void startsOverAPidFileThatSaysNothing(String contents) throws Exception {
        Files.createDirectories(pidFile.getParent());
        Files.writeString(pidFile, contents);
        assertThat(service("status").exitCode()).isEqualTo(DEAD);

        assertThat(isAlive(startedPid())).isTrue();
    }

    @Test
    void startsOneDaemonWhenStartedTwiceAtOnce() {
        List<Ended> ended = new ArrayList<>();
        try (CommandProcess one = commands.start(command("start"));
                CommandProcess other = commands.start(command("start"))) {
            ended.add(one.end());
            ended.add(other.end());
        }

        assertThat(ended).allMatch(each -> each.exitCode() == 0, "successful");
        assertThat(pidIn(ended.get(0))).isEqualTo(pidIn(ended.get(1)));
        assertThat(FileLock.readPid(memory)).contains(pidIn(ended.get(0)));
        assertThat(memory.resolveSibling("log")).content().doesNotContain("EBUSY");
    }

    @Test
    void killsOnlyWhenForced() throws IOException {
        Ended started = service("start", "--", "--drain", "60s");
        long pid = pidIn(started);
        try (PramClient client = PramClient.connect("pram+unix://" + socket);
                SaveStream open = client.openSave("open")) {
            open.write(new byte[100]);

            Ended late = service("stop", "--wait", "1");

            assertThat(late.exitCode()).isEqualTo(1);
            assertThat(late.stderr()).contains("still runs after 1 s", "pid=" + pid, "--force");
            assertThat(isAlive(pid)).isTrue();
            assertThat(service("status").exitCode()).isZero();

            Ended killed = service("stop", "--wait", "1", "--force");

            assertThat(killed.exitCode()).as(killed.stderr()).isZero();
            assertThat(killed.stdout()).contains("was killed: pid=" + pid);
            assertThat(FileLock.isHeld(memory)).isFalse();
            Await.until("the daemon is gone", () -> !isAlive(pid)); // once somebody has reaped it
            open.discard();
        }
        assertThat(service("status").exitCode()).isEqualTo(NOT_RUNNING);
    }

    @Test
    void isPartOfTheDistribution() {
        script = DaemonProcess.distribution().resolve("bin/pramd-service");

        assertThat(service("--help").stdout()).startsWith("Usage: pramd-service start|stop|");
        assertThat(isAlive(startedPid())).isTrue();
        assertThat(service("stop").exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "begin", "start stop", "start --memory", "start --wait soon"})
    void refusesWhatItDoesNotUnderstand(String arguments) {
        Ended refused = arguments.isEmpty() ? service() : service(arguments.split(" "));

        assertThat(refused.exitCode()).isEqualTo(USAGE);
        assertThat(refused.stderr()).contains("service: ", "--help");
        assertThat(memory).doesNotExist();
    }
}
