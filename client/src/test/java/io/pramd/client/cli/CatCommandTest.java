package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatCommandTest {
    private final CommandRunner pram = new CommandRunner();

    @AfterEach
    void close() {
        pram.close();
    }

    @Test
    void writesTheBytesAndLeavesTheNode() {
        pram.type("hello\n".getBytes(StandardCharsets.UTF_8));
        pram.run("save", "n");
        assertThat(pram.run("cat", "n")).isZero();
        assertThat(pram.stdout()).isEqualTo("hello\n");
        assertThat(pram.stderr()).isEmpty();
        assertThat(pram.daemon.find("n")).isPresent();
    }

    @Test
    void writesNothingToATerminal() {
        pram.onTerminal();
        assertThat(pram.run("cat", "n")).isEqualTo(2);
    }

    @Test
    void anUnknownNameIsNamed() {
        assertThat(pram.run("cat", "n")).isEqualTo(10);
        assertThat(pram.stderr())
                .isEqualTo("pram: ENOENT: no such node: name=n ('pram ls' shows what there is)\n");
    }
}
