package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContext;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerTlsTest {
    @TempDir Path folder;
    private TlsConfig config;

    @BeforeEach
    void name() {
        config = TlsConfig.of(folder.resolve("server.pem"), folder.resolve("server.key"));
    }

    private static X509Bundle issue(Algorithm algorithm) throws Exception {
        return new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .algorithm(algorithm)
                .buildSelfSigned();
    }

    private void write(X509Bundle certificate, X509Bundle key) throws IOException {
        Files.writeString(config.certificates(), certificate.getCertificatePathPEM());
        Files.writeString(config.key(), key.getPrivateKeyPEM());
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"ecp256", "ecp384", "rsa2048", "ed25519", "ed448"})
    void aKeyThatIsNotTheCertificatesChangesNothing(Algorithm algorithm) throws Exception {
        X509Bundle first = issue(algorithm);
        write(first, first);
        ServerTls tls = ServerTls.read(config);
        SslContext before = tls.context();
        X509Bundle next = issue(algorithm);

        write(first, next);
        tls.reread();
        assertThat(tls.context()).isSameAs(before);
        assertThat(tls.fault()).contains("the key is not that of the certificate");

        write(next, next);
        tls.reread();
        assertThat(tls.context()).isNotSameAs(before);
        assertThat(tls.fault()).isEmpty();
    }

    @Test
    void aKeyOfAnotherKindIsRefusedAndNotRepeated() throws Exception {
        X509Bundle key = issue(Algorithm.rsa2048);
        write(issue(Algorithm.ecp256), key);
        assertThatThrownBy(() -> ServerTls.read(config))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
                .hasMessageContaining("key=" + config.key())
                .hasMessageContaining("algorithm=EC")
                .hasNoCause();
    }

    @Test
    void whatStandsAroundTheCertificatesIsPassedOver() throws Exception {
        X509Bundle issued = issue(Algorithm.ecp256);
        write(issued, issued);
        String path = issued.getCertificatePathPEM();
        Files.writeString(config.certificates(), "Bag -----\n localKeyID\n" + path + "\nend");
        assertThat(ServerTls.read(config).fault()).isEmpty();
    }

    @Test
    void aFileCutAnywhereIsRefused() throws Exception {
        X509Bundle issued = issue(Algorithm.ecp256);
        write(issued, issued);
        for (Path file : config.files()) {
            String whole = Files.readString(file).stripTrailing();
            for (int length = 0; length < whole.length(); length += 7) {
                Files.writeString(file, whole.substring(0, length));
                assertThatThrownBy(() -> ServerTls.read(config)).isInstanceOf(StoreException.class);
            }
            Files.writeString(file, whole);
        }
        assertThat(ServerTls.read(config).fault()).isEmpty();
    }
}
