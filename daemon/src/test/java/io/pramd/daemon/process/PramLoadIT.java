package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pram load} and {@code pram cat} as processes, against a daemon as another. */
class PramLoadIT {
    private static final byte[] BYTES = new byte[(1 << 20) + 1];

    @TempDir static Path folder;

    private static DaemonProcess daemon;
    private static PramClient client;
    private static Commands commands;

    @TempDir Path work;

    @BeforeAll
    static void start() {
        new Random(3).nextBytes(BYTES);
        daemon = DaemonProcess.start(folder.resolve("m"));
        client = PramClient.connect(daemon.uri());
    }

    @AfterAll
    static void stop() {
        client.close();
        assertThat(daemon.stop()).isZero();
        daemon.close();
        Ended checked = Commands.in(folder).pramd("fsck", folder.resolve("m").toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
    }

    @BeforeEach
    void begin() throws IOException {
        Path output = Files.createDirectory(folder.resolve(work.getFileName()));
        commands = Commands.in(output).with("PRAM_SERVER", daemon.uri()).with("W", work.toString());
        client.removeAll("");
        save("n", BYTES);
    }

    private static void save(String name, byte[] bytes) throws IOException {
        SaveOptions options = SaveOptions.defaults().withMeta(Map.of("v", "1", "w", "2"));
        try (SaveStream save = client.openSave(name, options)) {
            save.write(bytes);
            save.finish();
        }
    }

    private String[] filesInWork() throws IOException {
        try (Stream<Path> files = Files.list(work)) {
            return files.map(file -> file.getFileName().toString()).sorted().toArray(String[]::new);
        }
    }

    @Test
    void makesAFileAndConsumesTheNode() throws Exception {
        Ended loaded = commands.pram("load", "n", work.resolve("f").toString());

        assertThat(loaded.exitCode()).as(loaded.stderr()).isZero();
        assertThat(loaded.stdout() + loaded.stderr()).isEmpty();
        assertThat(work.resolve("f")).hasBinaryContent(BYTES);
        assertThat(filesInWork()).containsExactly("f");
        assertThat(client.list("")).isEmpty();
        assertThat(commands.pram("load", "n", work.resolve("g").toString()).exitCode())
                .isEqualTo(10);
        assertThat(filesInWork()).containsExactly("f");
    }

    @Test
    void leavesTheNodeWhenItPeeksIntoAFile() throws Exception {
        Ended peeked = commands.pram("load", "--peek", "n", work.resolve("f").toString());

        assertThat(peeked.exitCode()).as(peeked.stderr()).isZero();
        assertThat(work.resolve("f")).hasBinaryContent(BYTES);
        assertThat(client.stat("n").state()).isEqualTo(NodeState.READY);
    }

    @Test
    void replacesAFileAndTheFileBehindALink() throws Exception {
        Path file = Files.writeString(work.resolve("f"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(work.resolve("link"), Path.of("f"));

        assertThat(commands.pram("load", "n", link.toString()).exitCode()).isZero();

        assertThat(link).isSymbolicLink();
        assertThat(file).hasBinaryContent(BYTES);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(filesInWork()).containsExactly("f", "link");
    }

    @Test
    void neverShowsHalfAFileToAReader() throws Exception {
        byte[] old = "old".getBytes();
        Path file = Files.write(work.resolve("f"), old);
        byte[] large = new byte[20 << 20];
        new Random(4).nextBytes(large);
        save("large", large);
        try (CommandProcess load = commands.startPram("load", "large", file.toString())) {
            byte[] seen = old;
            while (load.isAlive()) {
                seen = Files.readAllBytes(file);
                assertThat(Arrays.equals(seen, old) || Arrays.equals(seen, large))
                        .as("whole: length=%d", seen.length)
                        .isTrue();
            }
            assertThat(load.end().exitCode()).isZero();
        }
        assertThat(Files.mismatch(file, Files.write(work.resolve("g"), large))).isEqualTo(-1);
    }

    @Test
    void leavesNothingOfALoadThatIsKilled() throws Exception {
        // the pipe is never read, so the load stays in the middle
        try (CommandProcess load = commands.startShell("pram load n --consume | sleep 600")) {
            Await.until("it is being loaded", () -> isLoading("n"));
            assertThat(commands.pram("load", "n", work.resolve("f").toString()).exitCode())
                    .isEqualTo(12);
            Ended peeked = commands.pram("cat", "n");
            assertThat(peeked.exitCode()).isZero();
            assertThat(peeked.bytes()).isEqualTo(BYTES);
            assertThat(load.isAlive()).isTrue();
        }
        Await.until("it is ready again", () -> client.stat("n").state() == NodeState.READY);
        assertThat(filesInWork()).isEmpty();
        assertThat(commands.pram("load", "n", work.resolve("f").toString()).exitCode()).isZero();
        assertThat(work.resolve("f")).hasBinaryContent(BYTES);
    }

    private static boolean isLoading(String name) {
        return client.stat(name).state() == NodeState.LOADING;
    }

    @Test
    void writesToPipesAndDevicesThemselves() {
        Ended loaded =
                commands.shell(
                        "mkfifo $W/p && (cat $W/p >$W/got & pram load n $W/p && wait)"
                                + " && test -p $W/p");
        assertThat(loaded.exitCode()).as(loaded.stderr()).isZero();
        assertThat(work.resolve("got")).hasBinaryContent(BYTES);
        assertThat(client.list("")).isEmpty();
    }

    @Test
    void consumesIntoTheNullDevice() {
        Ended loaded = commands.shell("pram load n /dev/null && test -c /dev/null");

        assertThat(loaded.exitCode()).as(loaded.stderr()).isZero();
        assertThat(client.list("")).isEmpty();
    }

    @Test
    void peeksWhenItGoesToStdoutAndSaysSo() {
        for (String line : new String[] {"pram load n", "pram load n -"}) {
            Ended loaded = commands.shell(line);
            assertThat(loaded.exitCode()).isZero();
            assertThat(loaded.bytes()).isEqualTo(BYTES);
            assertThat(loaded.stderr()).hasLineCount(1).contains("peek", "--consume");
        }
        for (String line : new String[] {"pram load n --peek", "pram cat n"}) {
            Ended loaded = commands.shell(line);
            assertThat(loaded.exitCode()).isZero();
            assertThat(loaded.bytes()).isEqualTo(BYTES);
            assertThat(loaded.stderr()).isEmpty();
        }
        Ended consumed = commands.pram("load", "n", "-", "--consume");
        assertThat(consumed.bytes()).isEqualTo(BYTES);
        assertThat(consumed.stderr()).isEmpty();
        assertThat(client.list("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"pram load n", "pram cat n", "pram load n --consume"})
    void endsWellWhenItsReaderHasEnough(String command) {
        Ended ended = commands.shell(command + " | head -c 1; echo \" ${PIPESTATUS[0]}\"");

        assertThat(ended.bytes()[0]).isEqualTo(BYTES[0]);
        assertThat(new String(ended.bytes(), 1, ended.bytes().length - 1)).isEqualTo(" 1\n");
        assertThat(ended.stderr()).startsWith("pram: cannot write stdout").hasLineCount(1);
        assertThat(client.stat("n").state()).isEqualTo(NodeState.READY);
    }

    @Test
    void takesOverFromASaveThatEndsWhileItWaits() throws Exception {
        try (SaveStream save = client.openSave("later", SaveOptions.defaults());
                CommandProcess load =
                        commands.startPram(
                                "load", "later", work.resolve("f").toString(), "--wait", "30s")) {
            save.write(BYTES, 0, BYTES.length);
            Await.until(
                    "a load waits",
                    () -> !client.info().get("streams.loading").equals(InfoValue.of(0)));
            assertThat(load.isAlive()).isTrue();

            save.finish();

            Ended loaded = load.end();
            assertThat(loaded.exitCode()).as(loaded.stderr()).isZero();
        }
        assertThat(work.resolve("f")).hasBinaryContent(BYTES);
        assertThat(client.list("later")).isEmpty();
    }

    @Test
    void takesOverTheNameBeforeItsSaveHasBegun() throws Exception {
        try (CommandProcess load =
                commands.startPram("load", "later", "--consume", "--wait", "30")) {
            Await.until(
                    "a load waits",
                    () -> !client.info().get("streams.loading").equals(InfoValue.of(0)));
            save("later", BYTES);
            assertThat(load.end().bytes()).isEqualTo(BYTES);
        }
    }

    @Test
    void saysWhenTheWaitWasTooShort() throws Exception {
        try (SaveStream save = client.openSave("later", SaveOptions.defaults())) {
            Ended busy = commands.pram("load", "later", work.resolve("f").toString());
            assertThat(busy.exitCode()).isEqualTo(12);
            Ended late =
                    commands.pram("load", "later", work.resolve("f").toString(), "--wait", "200ms");
            assertThat(late.exitCode()).isEqualTo(24);
            assertThat(late.stderr()).startsWith("pram: ETIMEDOUT: ").hasLineCount(1);
            save.discard();
        }
        assertThat(commands.pram("load", "none", "--wait", "100ms").exitCode()).isEqualTo(24);
        assertThat(filesInWork()).isEmpty();
    }

    @Test
    void expectsMetadata() throws Exception {
        String file = work.resolve("f").toString();
        Ended other = commands.pram("load", "n", file, "--if-meta", "v=1", "--if-meta", "w=3");
        assertThat(other.exitCode()).isEqualTo(13);
        assertThat(other.stderr()).startsWith("pram: EPERM: ").hasLineCount(1);
        assertThat(filesInWork()).isEmpty();

        Ended same = commands.pram("load", "n", file, "--if-meta", "v=1", "--if-meta", "w=2");
        assertThat(same.exitCode()).as(same.stderr()).isZero();
        assertThat(work.resolve("f")).hasBinaryContent(BYTES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "load none $W/f | 10 | ENOENT",
                "cat none | 10 | ENOENT",
                "load '' $W/f | 15 | EINVAL",
                "load $(printf %0256d 0) $W/f | 16 | ENAMETOOLONG",
                "load n $W | 1 | it is a folder",
                "load n $W/missing/f | 1 | cannot write",
                "load n /dev/full | 1 | cannot write /dev/full",
                "load n --consume >/dev/full | 1 | cannot write stdout",
                "load n --peek --consume | 2 | --consume",
                "load n --wait soon | 2 | --wait",
                "load | 2 | NAME",
                "cat | 2 | NAME"
            })
    void refusesWithACodeThatNamesTheReasonAndLeavesTheNode(String args, int code, String says)
            throws Exception {
        Ended refused = commands.shell("pram " + args);

        assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(code);
        assertThat(refused.stderr()).startsWith("pram: ").contains(says).hasLineCount(1);
        assertThat(refused.stdout()).isEmpty();
        assertThat(filesInWork()).isEmpty();
        assertThat(client.stat("n").state()).isEqualTo(NodeState.READY);
    }
}
