package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both commands with a stdin, stdout or stderr that is closed, full, or read by nobody any more.
 */
class StandardStreamsIT {
    @TempDir static Path folder;

    private static DaemonProcess daemon;
    private static PramClient client;
    private static Commands commands;

    @BeforeAll
    static void start() {
        daemon = DaemonProcess.start(folder.resolve("m"));
        client = PramClient.connect(daemon.uri());
        client.save("good", "good".getBytes(StandardCharsets.UTF_8));
        commands = Commands.in(folder).with("PRAM_SERVER", daemon.uri());
    }

    @AfterAll
    static void stop() {
        client.close();
        daemon.close();
    }

    @Test
    void aClosedStdinIsSavedAsNothing() {
        Ended saved = commands.shell("pram save --replace good <&-");
        assertThat(saved.exitCode()).isEqualTo(1);
        assertThat(saved.stderr()).isEqualTo("pram: cannot read stdin: it is closed\n");
        assertThat(commands.shell("pram cat good <&-").stdout()).isEqualTo("good");

        Ended imported = commands.shell("pram import - <&-");
        assertThat(imported.exitCode()).isEqualTo(1);
        assertThat(imported.stderr()).isEqualTo("pram: cannot read stdin: it is closed\n");

        Ended empty = commands.shell("pram save empty < /dev/null && pram load empty nothing");
        assertThat(empty.exitCode()).as(empty.stderr()).isZero();
    }

    @Test
    void whatCannotBeWrittenIsAFailure() {
        Ended full = commands.shell("pram ls > /dev/full");
        assertThat(full.exitCode()).isEqualTo(1);
        assertThat(full.stderr()).isEqualTo("pram: cannot write stdout: No space left on device\n");
        assertThat(commands.shell("pram ls >&-").exitCode()).isEqualTo(1);
        assertThat(commands.shell("pram ls >&- 2>&-").exitCode()).isEqualTo(1);
        Ended unseen = commands.shell("pram cat good 2>&-");
        assertThat(unseen.exitCode()).isZero();
        assertThat(unseen.stdout()).isEqualTo("good");
    }

    @Test
    void whoReadsAPipeNoMoreHasSeenEnoughOfAText() {
        Ended text = commands.shell("exec 3> >(:); wait $!; pram info >&3");
        assertThat(text.exitCode()).isZero();
        assertThat(text.stderr()).isEmpty();
        Ended bytes = commands.shell("exec 3> >(:); wait $!; pram cat good >&3");
        assertThat(bytes.exitCode()).isEqualTo(1);
        assertThat(bytes.stderr()).isEqualTo("pram: cannot write stdout: Broken pipe\n");
    }

    @Test
    void aTokenThatNobodyGotIsNotIssued() throws Exception {
        Ended lost = commands.shell("pramd token add search --tokens tokens > /dev/full");

        assertThat(lost.exitCode()).isEqualTo(1);
        assertThat(lost.stderr()).contains("not issued", "No space left on device").hasLineCount(1);
        assertThat(Files.readString(folder.resolve("tokens"))).isBlank();
    }

    @Test
    void aDaemonServesWithoutStdinAndStdout() throws Exception {
        String serve = "serve --memory other --size 4M --listen pram+unix://$PWD/other.socket";
        try (CommandProcess process = commands.startShell("exec pramd " + serve + " <&- >&-")) {
            Await.until(
                    "it serves", () -> process.stderr().contains("cannot write READY to stdout"));
            for (int descriptor = 0; descriptor < 2; descriptor++) {
                assertThat(Path.of("/proc/" + process.pid() + "/fd/" + descriptor).toRealPath())
                        .isEqualTo(Path.of("/dev/null"));
            }
            assertThat(commands.shell("pram --server pram+unix://$PWD/other.socket ls").exitCode())
                    .isZero();
            ProcessHandle.of(process.pid()).orElseThrow().destroy();
            assertThat(process.end().exitCode()).isZero();
        }
    }

    /** Else each would be read as the same letter, and be the name of the other. */
    @Test
    void aNameThatIsNoTextIsRefused() {
        Ended saved = commands.shell("pram save -- $'k\\xe9' <<< 1");
        assertThat(saved.exitCode()).isEqualTo(2);
        assertThat(saved.stderr()).contains("not UTF-8: 'k\\xe9'").hasLineCount(1);
        Ended dumped = commands.shell("pramd dump m --node=$'k\\xe9'");
        assertThat(dumped.exitCode()).isEqualTo(2);
        assertThat(dumped.stderr()).contains("not UTF-8: '--node=k\\xe9'");

        String letter = "$'k\\xef\\xbf\\xbd'";
        Ended itself =
                commands.shell("pram save " + letter + " <<< 1 && pram load " + letter + " one");
        assertThat(itself.exitCode()).as(itself.stderr()).isZero();
        assertThat(client.list("k")).isEmpty();
    }
}
