package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PingCommandTest {
    private final CommandRunner pram = new CommandRunner();

    @AfterEach
    void close() {
        pram.close();
    }

    @Test
    void saysWhoAnsweredAndHowFast() {
        assertThat(pram.run("ping")).isZero();
        assertThat(pram.stdout()).matches(pram.daemon.uri() + " answered in \\d+\\.\\d ms\n");
    }

    @Test
    void noDaemonIsThree() {
        pram.daemon.close();
        assertThat(pram.run("ping")).isEqualTo(3);
        assertThat(pram.stderr())
                .startsWith("pram: cannot connect to pram://")
                .contains("pramd serve")
                .hasLineCount(1);
        assertThat(pram.stderr()).contains(": Connection refused (");
        assertThat(pram.runBare("--server", "pram+unix:///no/such/socket", "ping")).isEqualTo(3);
        assertThat(pram.stderr()).contains("no such socket file");
        assertThat(pram.run("--connect-wait", "100ms", "ping")).isEqualTo(3);
    }
}
