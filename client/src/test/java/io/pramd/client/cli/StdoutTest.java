package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StdoutTest {
    private static final String FULL = "No space left on device";

    @Test
    void writesAllOfATextAlsoInSmallSteps() {
        Narrow narrow = new Narrow(Integer.MAX_VALUE, FULL);
        Stdout stdout = new Stdout(narrow);

        stdout.text().print("é".repeat(10_000));

        assertThat(stdout.failure()).isNull();
        assertThat(narrow.text()).isEqualTo("é".repeat(10_000));
    }

    @Test
    void keepsTheFailureAndTakesNothingBehindTheGap() {
        Narrow narrow = new Narrow(5, FULL);
        Stdout stdout = new Stdout(narrow);

        stdout.text().print("0123456789");
        assertThat(stdout.failure()).hasMessage(FULL);
        narrow.room = 100;
        stdout.text().print("abc");

        assertThat(stdout.failure()).hasMessage(FULL);
        assertThat(narrow.text()).isEqualTo("01234");
    }

    @Test
    void aReaderThatHasGoneIsNoFailureForWhoExpectsIt() {
        Stdout stdout = new Stdout(new Narrow(0, "Broken pipe"));
        stdout.text().print("a");
        assertThat(stdout.endsWithItsReader()).isTrue();
        assertThat(stdout.failure()).isNull();

        Stdout full = new Stdout(new Narrow(0, FULL));
        full.text().print("a");
        assertThat(full.endsWithItsReader()).isFalse();
        assertThat(full.failure()).hasMessage(FULL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ls",
                "ls --json",
                "ls -l",
                "stat n",
                "stat n --json",
                "info",
                "info --json",
                "ping",
                "top -n 1",
                "top --json -n 1",
                "ls --help",
                "--version",
                "rm --all --yes"
            })
    void aCommandWhoseResultIsNotWrittenHasFailed(String line) {
        try (CommandRunner pram = new CommandRunner()) {
            assertThat(pram.run("save", "n", "-")).isZero();
            assertThat(pram.run(line.split(" "))).as(pram.stderr()).isZero();
            assertThat(pram.stdout()).isNotEmpty();
            assertThat(pram.run("save", "n", "-", "--replace")).isZero();
            pram.onFullDevice();

            assertThat(pram.run(line.split(" "))).isEqualTo(1);
            assertThat(pram.stderr()).isEqualTo("pram: cannot write stdout: " + FULL + "\n");
        }
    }

    @Test
    void aReaderOfTextThatHasGoneHasSeenEnough() {
        try (CommandRunner pram = new CommandRunner()) {
            assertThat(pram.run("save", "n", "-")).isZero();
            pram.onPipeWithoutReader();
            assertThat(pram.run("ls")).isZero();
            assertThat(pram.stderr()).isEmpty();
            assertThat(pram.run("stat", "none", "--json")).isEqualTo(10);
            assertThat(pram.stderr()).startsWith("pram: ENOENT: ").hasLineCount(1);
        }
    }

    @Test
    void anotherFailureKeepsItsExitCode() {
        try (CommandRunner pram = new CommandRunner()) {
            pram.onFullDevice();
            assertThat(pram.run("stat", "none", "--json")).isEqualTo(10);
            assertThat(pram.stderr())
                    .startsWith("pram: ENOENT: ")
                    .endsWith("pram: cannot write stdout: " + FULL + "\n")
                    .hasLineCount(2);
        }
    }

    /** One owner: takes three bytes at a time, and only so many in all. */
    private static final class Narrow implements WritableByteChannel {
        private final StringBuilder taken = new StringBuilder();
        private final String why;
        private int room;

        Narrow(int room, String why) {
            this.room = room;
            this.why = why;
        }

        String text() {
            byte[] bytes = taken.toString().getBytes(StandardCharsets.ISO_8859_1);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = Math.min(Math.min(3, room), bytes.remaining());
            if (count == 0) {
                throw new IOException(why);
            }
            byte[] part = new byte[count];
            bytes.get(part);
            taken.append(new String(part, StandardCharsets.ISO_8859_1));
            room -= count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // stays as it is
        }
    }
}
