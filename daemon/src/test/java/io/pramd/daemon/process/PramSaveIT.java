package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.StreamType;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pram save} as a process, against a daemon as another. */
class PramSaveIT {
    private static final int LENGTH = (1 << 20) + 1;
    private static final byte[] BYTES = new byte[LENGTH];

    @TempDir static Path folder;

    private static DaemonProcess daemon;
    private static PramClient client;
    private static Commands commands;

    @BeforeAll
    static void start() throws Exception {
        new Random(2).nextBytes(BYTES);
        Files.write(folder.resolve("f"), BYTES);
        Files.write(folder.resolve("pages"), Arrays.copyOf(BYTES, 1 << 20));
        daemon = DaemonProcess.start(folder.resolve("m"), "--size", "16M");
        client = PramClient.connect(daemon.uri());
        commands = Commands.in(folder).with("PRAM_SERVER", daemon.uri());
    }

    @AfterAll
    static void stop() {
        client.close();
        assertThat(daemon.stop()).isZero();
        daemon.close();
        Ended checked = commands.pramd("fsck", folder.resolve("m").toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
    }

    @BeforeEach
    void empty() {
        client.removeAll("");
    }

    @Test
    void takesAFileStdinAndAPipeAndKeepsEveryByte() {
        Ended saved =
                commands.shell(
                        "pram save file f && pram save stdin - <f && cat f | pram save pipe");

        assertThat(saved.exitCode()).as(saved.stderr()).isZero();
        assertThat(saved.bytes()).isEmpty();
        assertThat(saved.stderr()).isEmpty();
        for (String name : new String[] {"file", "stdin", "pipe"}) {
            Ended back = commands.pram("cat", name);
            assertThat(back.exitCode()).isZero();
            assertThat(back.bytes()).as(name).isEqualTo(BYTES);
            assertThat(back.stderr()).isEmpty();
        }
    }

    @Test
    void savesNothingAsANodeOfNoBytes() {
        assertThat(commands.shell("pram save none </dev/null").exitCode()).isZero();

        assertThat(client.stat("none").length()).isZero();
        assertThat(commands.pram("cat", "none").bytes()).isEmpty();
    }

    @Test
    void readsADashedNameBehindTheEndOfOptions() {
        assertThat(commands.pram("save", "--", "--peek", "f").exitCode()).isZero();

        assertThat(client.stat("--peek").length()).isEqualTo(LENGTH);
        assertThat(commands.pram("rm", "--", "--peek").exitCode()).isZero();
        assertThat(client.list("")).isEmpty();
    }

    @Test
    void replacesOnlyWhenToldTo() {
        commands.shell("pram save n f");

        Ended refused = commands.shell("echo new | pram save n");
        assertThat(refused.exitCode()).isEqualTo(11);
        assertThat(refused.stderr()).startsWith("pram: EEXIST: ").contains("--replace");
        assertThat(refused.stderr()).hasLineCount(1);
        assertThat(commands.pram("cat", "n").bytes()).isEqualTo(BYTES);

        assertThat(commands.shell("echo new | pram save n --replace").exitCode()).isZero();
        assertThat(commands.pram("cat", "n").stdout()).isEqualTo("new\n");
    }

    @Test
    void keepsMetadata() {
        Ended saved = commands.pram("save", "n", "f", "--meta", "a=1", "--meta", "b=x=y z");

        assertThat(saved.exitCode()).as(saved.stderr()).isZero();
        assertThat(client.stat("n").meta()).isEqualTo(Map.of("a", "1", "b", "x=y z"));
    }

    @Test
    void savesWholePagesAsAPageStreamAndNothingElse() {
        assertThat(commands.pram("save", "p", "pages", "--pages").exitCode()).isZero();
        NodeRecord node = client.stat("p");
        assertThat(node.type()).isEqualTo(StreamType.PAGE);
        assertThat(node.pages()).isEqualTo(256);
        assertThat(commands.shell("pram cat p | cmp - pages").exitCode()).isZero();

        for (String line : new String[] {"pram save q f --pages", "cat f | pram save q --pages"}) {
            Ended refused = commands.shell(line);
            assertThat(refused.exitCode()).as(line).isEqualTo(15);
            assertThat(refused.stderr()).startsWith("pram: EINVAL: ").contains("4096");
            assertThat(client.list("q")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "save '' f | 15 | EINVAL",
                "save $'a\\nb' f | 15 | EINVAL",
                "save $(printf %0256d 0) f | 16 | ENAMETOOLONG",
                "save n f --meta pram.x=1 | 15 | EINVAL",
                "save n f --meta a=$(printf %04000d 0) | 15 | EINVAL",
                "save n missing | 1 | cannot read missing",
                "save n . | 1 | it is a folder",
                "save n f --meta novalue | 2 | '--meta' (KEY=VALUE): 'novalue' is not KEY=VALUE",
                "save n f --ttl 1000000d | 2 | '1000000d', expected 1ms to 36500d",
                "import . | 1 | an archive is a file",
                "import f | 1 | f is no whole archive of pram export: ",
                "save n f more | 2 | more",
                "save n f --nonsense | 2 | --nonsense",
                "save | 2 | NAME",
            })
    void refusesWithACodeThatNamesTheReason(String args, int code, String says) {
        Ended refused = commands.shell("pram " + args);

        assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(code);
        assertThat(refused.stderr()).startsWith("pram: ").contains(says).hasLineCount(1);
        assertThat(refused.stdout()).isEmpty();
        assertThat(client.list("")).isEmpty();
    }

    @Test
    void takesALongestNameOfManyByteCharacters() {
        Ended saved = commands.shell("pram save $(printf 'é%.0s' $(seq 127))x f; pram ls --json");

        assertThat(saved.exitCode()).isZero();
        assertThat(client.list(""))
                .singleElement()
                .extracting("name")
                .isEqualTo("é".repeat(127) + "x");
        assertThat(saved.stdout()).contains("é".repeat(127));
    }

    @Test
    void leavesNothingWhenTheMemoryIsTooSmall() throws Exception {
        try (RandomAccessFile large =
                new RandomAccessFile(folder.resolve("large").toFile(), "rw")) {
            large.setLength(20 << 20);
        }
        for (String line : new String[] {"pram save n large", "cat large | pram save n"}) {
            Ended refused = commands.shell(line);
            assertThat(refused.exitCode()).as(line).isEqualTo(17);
            assertThat(refused.stderr()).startsWith("pram: ENOMEM: ").contains("pram rm");
            assertThat(client.list("")).isEmpty();
        }
        assertThat(commands.pram("save", "n", "f").exitCode()).isZero();
    }

    @Test
    void losesTheNodeWithItsSaver() {
        try (CommandProcess saver = commands.startPram("save", "n")) {
            Await.until("a save is open", () -> !client.list("").isEmpty());
            assertThat(client.stat("n").state()).isEqualTo(NodeState.SAVING);

            Ended second = commands.pram("save", "n", "f");
            assertThat(second.exitCode()).as(second.stderr()).isEqualTo(11);
            assertThat(commands.pram("rm", "n").exitCode()).isEqualTo(12);
            assertThat(saver.isAlive()).isTrue();
        }
        Await.until("the node is gone", () -> client.list("").isEmpty());
        assertThat(commands.pram("save", "n", "f").exitCode()).isZero();
    }
}
