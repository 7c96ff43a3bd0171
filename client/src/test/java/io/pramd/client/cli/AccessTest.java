package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.pramd.client.fixture.TestTls;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom pram trusts and who it says it is. */
class AccessTest {
    private final CommandRunner pram = new CommandRunner();
    private final TestTls authority = new TestTls();
    private final X509Bundle own = authority.ofThisMachine();

    @TempDir private Path folder;

    @AfterEach
    void close() {
        pram.close();
    }

    private String token(String name, String token) throws IOException {
        return Files.writeString(folder.resolve(name), token + "\n").toString();
    }

    private void assertShown(String token) {
        assertThat(pram.daemon.gate().shownToken()).hasValue(token);
    }

    @Test
    void withoutAnyOfItNoTokenIsShown() {
        assertThat(pram.run("ping")).isZero();
        assertThat(pram.daemon.gate().shownToken()).isEmpty();
    }

    @Test
    void theOptionWinsOverTheVariablesAndTheTokenOverItsFile() throws IOException {
        pram.set("PRAM_TOKEN_FILE", token("variable", "of-variable-file"));
        assertThat(pram.run("ping")).isZero();
        assertShown("of-variable-file");
        pram.set("PRAM_TOKEN", "of-variable");
        assertThat(pram.run("ping")).isZero();
        assertShown("of-variable");
        assertThat(pram.run("--token-file", token("option", "of-option"), "ping")).isZero();
        assertShown("of-option");
        pram.set("PRAM_TOKEN", "");
        assertThat(pram.run("ping")).isZero();
        assertShown("of-variable-file");
    }

    @Test
    void optionsMayStandBehindTheVerbToo() throws IOException {
        assertThat(pram.run("ping", "--token-file=" + token("t", "behind"))).isZero();
        assertShown("behind");
        assertThat(pram.run("--token-file=" + token("t", "before"), "ls")).isZero();
        assertShown("before");
        assertThat(pram.run("ls", "--help")).isZero();
        assertThat(pram.stdout()).contains("--token-file", "--tls-ca", "--tls-min");
    }

    @Test
    void noOptionTakesATokenItself() {
        assertThat(pram.run("ping", "--token", "abc")).isEqualTo(2);
        assertThat(pram.run("ping", "--token=abc")).isEqualTo(2);
    }

    @Test
    void aTokenThatIsNoneIsSaidWithoutIt() throws IOException {
        assertThat(pram.run("ping", "--token-file", token("t", "s3cret\n"))).isEqualTo(1);
        assertThat(pram.stderr()).contains("token file: ").hasLineCount(1).doesNotContain("s3cret");
        assertThat(pram.run("ping", "--token-file", folder + "/none")).isEqualTo(1);
        assertThat(pram.stderr()).contains("no such file").contains("/none");
        pram.set("PRAM_TOKEN", "s3cret\n");
        assertThat(pram.run("ping")).isEqualTo(2);
        assertThat(pram.stderr()).contains("PRAM_TOKEN: ").doesNotContain("s3cret");
    }

    @Test
    void aTokenIsNotSentWhereOthersRead() {
        pram.set("PRAM_TOKEN", "s3cret");
        assertThat(pram.runBare("--server", "pram://192.0.2.1", "ping")).isEqualTo(15);
        assertThat(pram.stderr()).contains("use prams://").doesNotContain("s3cret");
    }

    @Test
    void whoIsNotKnownGets14AndAHint() {
        pram.daemon.gate().requireToken("another");
        assertThat(pram.run("ls")).isEqualTo(14);
        assertThat(pram.stderr()).contains("EACCES").contains("--token-file").hasLineCount(1);
    }

    @Test
    void whoIsOverItsQuotaGets20AndAHint() {
        pram.daemon.faults().refuse(MessageType.PREPARE_SAVE, Errno.EDQUOT);
        assertThat(pram.run("save", "n")).isEqualTo(20);
        assertThat(pram.stderr()).contains("EDQUOT").contains("pram ls -l").hasLineCount(1);
    }

    @Test
    void insideTlsOptionsAndVariablesSayWhomToTrustAndWhatToShow() throws IOException {
        String ca = authority.writeTrust(folder.resolve("ca")).toString();
        String chain = TestTls.writeChain(own, folder.resolve("chain")).toString();
        String key = TestTls.writeKey(own, folder.resolve("key")).toString();
        pram.daemon.gate().useTls(authority.serverThatAsks(own, "TLSv1.2"));
        assertThat(
                        pram.run(
                                "ping",
                                "--tls-ca",
                                ca,
                                "--tls-cert",
                                chain,
                                "--tls-key",
                                key,
                                "--tls-min",
                                "1.2"))
                .isZero();
        pram.set("PRAM_TLS_CA", ca);
        pram.set("PRAM_TLS_CERT", chain);
        pram.set("PRAM_TLS_KEY", key);
        assertThat(pram.run("--tls-min=1.2", "ping")).isZero();
        assertThat(pram.run("ping")).isEqualTo(3);
        assertThat(pram.stderr()).contains("at most TLS 1.2");
        String other = new TestTls().writeTrust(folder.resolve("other")).toString();
        assertThat(pram.run("ping", "--tls-ca", other, "--tls-min=1.2")).isEqualTo(3);
        assertThat(pram.stderr()).contains("is not trusted").contains("--tls-ca").hasLineCount(1);
    }

    @Test
    void whatDoesNotFitTogetherIsAUsageError() {
        assertThat(pram.run("ping", "--tls-ca", "x")).isEqualTo(2);
        assertThat(pram.stderr()).contains("are for prams://");
        assertThat(pram.run("ping", "--tls-min", "1.1")).isEqualTo(2);
        pram.daemon.gate().useTls(authority.server(own));
        assertThat(pram.run("ping", "--tls-cert", "x")).isEqualTo(2);
        assertThat(pram.stderr()).contains("--tls-key is missing");
        assertThat(pram.run("ping", "--tls-key", "x")).isEqualTo(2);
        assertThat(pram.stderr()).contains("--tls-cert is missing");
    }

    @Test
    void theVariablesOfTlsChangeNothingElsewhere() {
        pram.set("PRAM_TLS_CA", folder + "/none");
        assertThat(pram.run("ping")).isZero();
    }
}
