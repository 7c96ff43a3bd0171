package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.Features;
import io.pramd.protocol.MessageType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RmCommandTest {
    @TempDir private Path folder;
    private final CommandRunner pram = new CommandRunner();

    @BeforeEach
    void save() {
        pram.type(new byte[10]);
        pram.run("save", "a");
        pram.run("save", "b");
        pram.run("save", "c");
    }

    @AfterEach
    void close() {
        pram.close();
    }

    @Test
    void removesEveryNameAndReportsThoseThatItCannot() {
        assertThat(pram.run("rm", "a", "none", "c")).isEqualTo(10);
        assertThat(pram.stderr()).contains("name=none").hasLineCount(1);
        assertThat(pram.daemon.find("a")).isEmpty();
        assertThat(pram.daemon.find("b")).isPresent();
        assertThat(pram.daemon.find("c")).isEmpty();
    }

    @Test
    void aNameIsNeverAFileOfNames() throws IOException {
        Path file = Files.writeString(folder.resolve("names"), "a b");
        String name = "@" + file;
        pram.type(new byte[10]);
        pram.run("save", name);
        assertThat(pram.run("rm", name)).isZero();
        assertThat(pram.daemon.find(name)).isEmpty();
        assertThat(pram.daemon.find("a")).isPresent();
        assertThat(pram.daemon.find("b")).isPresent();
    }

    @Test
    void asksTheSuccessorOfADaemonThatIsUpgraded() {
        pram.daemon.gate().offer(Features.GOING_AWAY);
        pram.daemon.goAwayBefore(MessageType.REMOVE);
        assertThat(pram.run("rm", "a")).as(pram.stderr()).isZero();
        assertThat(pram.daemon.find("a")).isEmpty();
    }

    @Test
    void allNeedsYesOffATerminal() {
        assertThat(pram.run("rm", "--all")).isEqualTo(2);
        assertThat(pram.daemon.find("a")).isPresent();
        assertThat(pram.run("rm", "--all", "--yes")).isZero();
        assertThat(pram.stdout()).isEqualTo("removed 3\n");
    }

    @Test
    void allAsksOnATerminal() {
        pram.onTerminal();
        pram.type("n\n".getBytes(StandardCharsets.UTF_8));
        assertThat(pram.run("rm", "--all")).isEqualTo(1);
        assertThat(pram.daemon.find("a")).isPresent();
        pram.type("y\n".getBytes(StandardCharsets.UTF_8));
        assertThat(pram.run("rm", "--all")).isZero();
        assertThat(pram.daemon.find("a")).isEmpty();
    }

    @Test
    void aQuarantinedNodeGoesByItsPfn() {
        pram.daemon.find("b").orElseThrow().quarantine();
        assertThat(pram.run("rm", "--quarantined", "102")).isZero();
        assertThat(pram.run("rm", "--quarantined", "102")).isEqualTo(10);
    }

    @Test
    void exactlyOneWayMustBeNamed() {
        assertThat(pram.run("rm")).isEqualTo(2);
        assertThat(pram.run("rm", "a", "--all", "--yes")).isEqualTo(2);
        assertThat(pram.run("rm", "a", "--quarantined", "1")).isEqualTo(2);
        assertThat(pram.daemon.find("a")).isPresent();
    }
}
