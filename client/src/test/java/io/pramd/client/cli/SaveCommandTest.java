package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.Durability;
import io.pramd.protocol.Features;
import io.pramd.protocol.MessageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaveCommandTest {
    private final CommandRunner pram = new CommandRunner();

    @TempDir private Path folder;

    @AfterEach
    void close() {
        pram.close();
    }

    @Test
    void aTimeToLiveGoesWithTheSave() {
        pram.daemon.gate().offer(Features.TIME_TO_LIVE);
        assertThat(pram.run("save", "n", "--ttl", "90m")).isZero();
        assertThat(pram.daemon.find("n").orElseThrow().ttlMillis()).isEqualTo(5_400_000);
        assertThat(pram.run("save", "p", "--pages", "--ttl=2d")).isZero();
        assertThat(pram.daemon.find("p").orElseThrow().ttlMillis()).isEqualTo(172_800_000);
        assertThat(pram.run("save", "ever")).isZero();
        assertThat(pram.daemon.find("ever").orElseThrow().ttlMillis()).isZero();
    }

    @Test
    void aTimeToLiveThatCannotBeIsRefused() {
        assertThat(pram.run("save", "n", "--ttl", "1h")).isEqualTo(15);
        assertThat(pram.stderr()).contains("too old to give a node a time to live");
        for (String time : new String[] {"0s", "36501d", "soon", "-1s"}) {
            assertThat(pram.run("save", "n", "--ttl", time)).isEqualTo(2);
            assertThat(pram.stderr()).contains("--ttl");
        }
        assertThat(pram.daemon.find("n")).isEmpty();
    }

    @Test
    void savesAFileUnderANameWithMetadata() throws IOException {
        byte[] bytes = bytes(100_001);
        Path file = Files.write(folder.resolve("f"), bytes);
        assertThat(pram.run("save", "n", file.toString(), "--meta", "a=1", "--meta", "b=x=y"))
                .isZero();
        assertThat(pram.stdout()).isEmpty();
        assertThat(pram.stderr()).isEmpty();
        pram.run("cat", "n");
        assertThat(pram.stdoutBytes()).isEqualTo(bytes);
        pram.run("stat", "n", "--json");
        assertThat(pram.stdout()).contains("\"a\" : \"1\"").contains("\"b\" : \"x=y\"");
    }

    @Test
    void savesStdinWhenNoFileOrADashIsGiven() {
        pram.type(bytes(5000));
        assertThat(pram.run("save", "n")).isZero();
        assertThat(pram.run("save", "m", "-")).isZero();
        pram.run("cat", "m");
        assertThat(pram.stdoutBytes()).isEqualTo(bytes(5000));
    }

    @Test
    void asksForADurabilityWhenToldTo() {
        pram.type(bytes(10));
        assertThat(pram.run("save", "n", "--durability", "power")).isZero();
        assertThat(pram.daemon.find("n").orElseThrow().durability()).isEqualTo(Durability.POWER);
        assertThat(pram.run("save", "m")).isZero();
        assertThat(pram.daemon.find("m").orElseThrow().durability())
                .isEqualTo(Durability.DAEMON_DEFAULT);
        assertThat(pram.run("save", "o", "--durability", "daemon_default")).isEqualTo(2);
        assertThat(pram.stderr()).contains("none of process, interval, power");
    }

    @Test
    void refusesAnExistingNameUnlessToldToReplace() {
        pram.type(bytes(10));
        pram.run("save", "n");
        assertThat(pram.run("save", "n")).isEqualTo(11);
        assertThat(pram.stderr())
                .startsWith("pram: EEXIST: ")
                .contains("--replace")
                .hasLineCount(1);
        assertThat(pram.run("save", "n", "--replace")).isZero();
    }

    @Test
    void savesWholePagesOnlyAsAPageStream() throws IOException {
        Path odd = Files.write(folder.resolve("odd"), bytes(4097));
        Path even = Files.write(folder.resolve("even"), bytes(8192));
        assertThat(pram.run("save", "p", odd.toString(), "--pages")).isEqualTo(15);
        assertThat(pram.stderr()).startsWith("pram: EINVAL: ");
        pram.type(bytes(4097));
        assertThat(pram.run("save", "p", "--pages")).isEqualTo(15);
        assertThat(pram.daemon.find("p")).isEmpty();
        assertThat(pram.run("save", "p", even.toString(), "--pages")).isZero();
        pram.run("stat", "p", "--json");
        assertThat(pram.stdout()).contains("\"type\" : \"page\"").contains("\"pages\" : 2");
    }

    @Test
    void aFileThatCannotBeReadIsALocalError() {
        assertThat(pram.run("save", "n", folder.resolve("none").toString())).isEqualTo(1);
        assertThat(pram.stderr()).contains("no such file").hasLineCount(1);
        assertThat(pram.run("save", "n", folder.toString())).isEqualTo(1);
        assertThat(pram.stderr()).contains("tar c");
        assertThat(pram.daemon.find("n")).isEmpty();
    }

    @Test
    void badNamesAndMetadataAreNamed() {
        assertThat(pram.run("save", "")).isEqualTo(15);
        assertThat(pram.run("save", "x".repeat(256))).isEqualTo(16);
        assertThat(pram.run("save", "n", "--meta", "pram.x=1")).isEqualTo(15);
        assertThat(pram.run("save", "n", "--meta", "novalue")).isEqualTo(2);
    }

    @Test
    void aNameMayLookLikeAnOptionBehindTwoDashes() {
        pram.type(bytes(10));
        assertThat(pram.run("save", "--", "--json")).isZero();
        assertThat(pram.daemon.find("--json")).isPresent();
    }

    @Test
    void aLostAnswerIsSettledAndASaveThatWasNotDoneIsNotReportedAsOne() {
        pram.type(bytes(10));
        pram.daemon.cutAfter(MessageType.FINISH_SAVE);
        assertThat(pram.run("save", "n")).isZero();
        pram.daemon.cutBefore(MessageType.FINISH_SAVE);
        assertThat(pram.run("save", "m")).isEqualTo(3);
        assertThat(pram.stderr()).contains("not done");
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }
}
