package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.X509Bundle;
import io.pramd.client.fixture.TestTls;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that is missing or wrong is named, with what was expected, when a client is made. */
class CredentialFilesTest {
    private static final String URI = "prams://127.0.0.1:1"; // nothing listens there

    @TempDir private Path folder;
    private final TestTls authority = new TestTls();
    private final X509Bundle own = authority.ofThisMachine();
    private Path ca;
    private Path chain;
    private Path key;

    @BeforeEach
    void write() throws IOException {
        ca = authority.writeTrust(folder.resolve("ca.pem"));
        chain = TestTls.writeChain(own, folder.resolve("chain.pem"));
        key = TestTls.writeKey(own, folder.resolve("key.pem"));
    }

    private void assertRefused(PramConfig config, String text, Path file) {
        for (boolean lazy : List.of(true, false)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> {
                                if (lazy) {
                                    PramClient.lazy(URI, config);
                                } else {
                                    PramClient.connect(URI, config);
                                }
                            })
                    .withMessageContaining(text)
                    .withMessageEndingWith("file=" + file);
        }
    }

    private PramConfig tls() {
        return PramConfig.defaults()
                .withTls(PramTls.defaults().withTrust(ca).withCertificate(chain, key));
    }

    @Test
    void goodFilesAreTaken() {
        PramClient.lazy(URI, tls()).close();
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        for (Path file : List.of(ca, chain, key)) {
            byte[] content = Files.readAllBytes(file);
            Files.delete(file);
            assertRefused(tls(), "no such file", file);
            Files.write(file, content);
        }
        Path none = folder.resolve("none");
        assertRefused(PramConfig.defaults().withTokenFile(none), "token file: no such file", none);
    }

    @Test
    void whatIsNoCertificateIsNamed() throws IOException {
        Files.writeString(ca, "");
        assertRefused(tls(), "trust file: expected certificates in PEM, found none", ca);
        Files.writeString(ca, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertRefused(tls(), "trust file: expected certificates in PEM, and cannot read", ca);
        Files.write(ca, new byte[2 << 20]);
        assertRefused(tls(), "too long", ca);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    void aKeyInAnotherFormSaysWhichIsExpected(String form) throws IOException {
        Files.writeString(key, "-----BEGIN " + form + "-----\nAAAA\n-----END " + form + "-----\n");
        assertRefused(tls(), "expected a key in PEM of PKCS#8, BEGIN PRIVATE KEY, found", key);
        assertRefused(tls(), "found BEGIN " + form, key);
    }

    @Test
    void aKeyThatCannotBeReadSaysWhatIsExpected() throws IOException {
        Files.copy(chain, key, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertRefused(tls(), "found none", key);
        String begin = "-----BEGIN PRIVATE KEY-----\n";
        Files.writeString(key, begin + "AAAA\n-----END PRIVATE KEY-----\n");
        assertRefused(tls(), "expected a key of RSA, EC, EdDSA", key);
        Files.writeString(key, begin + "A=AA\n-----END PRIVATE KEY-----\n");
        assertRefused(tls(), "not in Base64", key);
    }

    @Test
    void theKeyOfAnotherCertificateIsNotTaken() throws IOException {
        TestTls.writeKey(authority.ofThisMachine(), key);
        assertRefused(tls(), "it is not the key of the certificate", key);
        TestTls.writeKey(authority.issue(builder -> builder.rsa2048()), key);
        assertRefused(tls(), "it is not the key of the certificate", key);
    }

    @Test
    void keysOfEveryTypeAreTaken() throws IOException {
        X509Bundle rsa = authority.issue(builder -> builder.rsa2048());
        TestTls.writeKey(rsa, key);
        TestTls.writeChain(rsa, chain);
        PramClient.lazy(URI, tls()).close();
        X509Bundle ed25519 =
                authority.issue(
                        builder ->
                                builder.algorithm(
                                        io.netty.pkitesting.CertificateBuilder.Algorithm.ed25519));
        TestTls.writeKey(ed25519, key);
        TestTls.writeChain(ed25519, chain);
        PramClient.lazy(URI, tls()).close();
    }

    @Test
    void aFileThatGoesWhileTheClientLivesIsNamedByTheCallThatNeedsIt() throws IOException {
        try (PramClient client =
                PramClient.lazy(URI, tls().withRetryFor(java.time.Duration.ZERO))) {
            Files.delete(ca);
            assertThatThrownBy(client::ping)
                    .isInstanceOfSatisfying(
                            NotSentException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN))
                    .hasMessageContaining("trust file: no such file: file=" + ca);
        }
    }

    @Test
    void onOtherAddressesTheFilesOfTlsAreNotLookedAt() throws IOException {
        Files.delete(ca);
        PramClient.lazy("pram://127.0.0.1:1", tls()).close();
        PramClient.lazy("pram+unix:///x", tls()).close();
    }

    @Test
    void halfACertificateIsNone() {
        assertThatNullPointerException()
                .isThrownBy(() -> PramTls.defaults().withCertificate(chain, null));
        assertThatNullPointerException()
                .isThrownBy(() -> PramTls.defaults().withCertificate(null, key));
    }
}
