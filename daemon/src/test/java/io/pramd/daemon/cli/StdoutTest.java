package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class StdoutTest {
    private static final String FULL = "no space left";

    @TempDir Path folder;

    @BeforeEach
    void makeWhatIsPrinted() {
        assertThat(CommandRun.of("format", folder.resolve("m"), "--size", "4M").exitCode())
                .isZero();
        Path tokens = folder.resolve("tokens");
        assertThat(CommandRun.of("token", "add", "a", "--tokens", tokens).exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "format DIR/new --size 4M, 1",
        "grow DIR/m --size 8M, 1",
        "fsck DIR/m, 2", // 1 says that it is damaged
        "fsck DIR/m --json, 2",
        "dump DIR/m, 1",
        "token list --tokens DIR/tokens, 1",
        "token list --tokens DIR/tokens --json, 1",
        "config show, 1",
        "--help, 1",
        "serve --help, 1",
        "--version, 1"
    })
    void aCommandWhoseResultIsNotWrittenHasFailed(String line, int code) {
        String[] args = line.replace("DIR", folder.toString()).split(" ");
        StringWriter err = new StringWriter();
        CommandLine command = Pramd.newCommandLine();
        command.setOut(new Stdout(new Full(FULL))).setErr(new PrintWriter(err));

        assertThat(command.execute(args)).isEqualTo(code);
        assertThat(err.toString()).isEqualTo("pramd: cannot write stdout: " + FULL + "\n");
    }

    @Test
    void aReaderThatHasGoneHasSeenEnoughUnlessTheResultWasForItAlone() {
        StringWriter err = new StringWriter();
        assertThat(run(err, "dump", folder.resolve("m"))).isZero();
        assertThat(err.toString()).isEmpty();
        Path tokens = folder.resolve("tokens");
        assertThat(run(err, "token", "add", "b", "--tokens", tokens)).isEqualTo(1);
        assertThat(err.toString()).contains("it is not issued: Broken pipe");
    }

    private static int run(StringWriter err, Object... args) {
        CommandLine command = Pramd.newCommandLine();
        command.setOut(new Stdout(new Full("Broken pipe"))).setErr(new PrintWriter(err));
        return command.execute(Stream.of(args).map(Object::toString).toArray(String[]::new));
    }

    @Test
    void whatAsksForTheFailureHearsItOnce() {
        Stdout out = new Stdout(new Full(FULL));
        out.println("READY");
        assertThat(Stdout.failureOf(out)).hasValue(FULL);
        assertThat(Stdout.failureOf(out)).isEmpty();
    }

    /** Immutable: takes nothing. */
    static final class Full extends OutputStream {
        private final String why;

        Full(String why) {
            this.why = why;
        }

        @Override
        public void write(int single) throws IOException {
            throw new IOException(why);
        }
    }
}
