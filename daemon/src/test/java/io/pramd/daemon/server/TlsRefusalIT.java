package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.NotSentException;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramException;
import io.pramd.client.PramTls;
import io.pramd.client.PramUri;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Certificates;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who comes to a listener in the wrong way hears why, and so does the operator. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TlsRefusalIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private static Path folder;
    private static Certificates certificates;
    private static Certificates strangers;
    private static DaemonProcess daemon;
    private static String inside;
    private static String plain;

    @BeforeAll
    static void serve() {
        certificates = Certificates.in(folder.resolve("authority"));
        strangers = Certificates.in(folder.resolve("strangers"));
        daemon = start("memory", "--tls-client-ca", certificates.authority().toString());
        inside = daemon.uris().get(0);
        plain = daemon.uris().get(1);
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    private static DaemonProcess start(String memory, String... more) {
        Certificates.Issued shown = certificates.server();
        String[] options = {
            "--listen",
            "prams://127.0.0.1:0",
            "--listen",
            "pram://127.0.0.1:0",
            "--tls-cert",
            shown.certificates().toString(),
            "--tls-key",
            shown.key().toString()
        };
        String[] all = new String[options.length + more.length];
        System.arraycopy(options, 0, all, 0, options.length);
        System.arraycopy(more, 0, all, options.length, more.length);
        return DaemonProcess.start(folder.resolve(memory), all);
    }

    private static PramTls trusting() {
        return PramTls.defaults().withTrust(certificates.authority());
    }

    private static PramTls showing(Certificates.Issued issued) {
        return trusting().withCertificate(issued.certificates(), issued.key());
    }

    /** Whoever is refused is so at the first attempt; there is time for a busy machine. */
    private static void ping(String uri, PramTls tls) {
        PramConfig config =
                PramConfig.defaults()
                        .withTls(tls)
                        .withConnect(PATIENCE)
                        .withConnectWait(PATIENCE)
                        .withRetryFor(PATIENCE);
        try (PramClient client = PramClient.connect(uri, config)) {
            client.ping();
        }
    }

    private static void assertRefused(PramTls tls, String text) {
        assertThatThrownBy(() -> ping(inside, tls))
                .isInstanceOfSatisfying(
                        NotSentException.class,
                        e -> {
                            assertThat(e.isUntrusted()).isTrue();
                            assertThat(e.errno()).isEqualTo(Errno.EACCES);
                        })
                .hasMessageContaining(text);
    }

    private static void awaitLogged(String text) {
        Await.until("logged: " + text, () -> daemon.log().contains(text));
    }

    @Test
    void aCertificateOfTheAuthorityIsLetIn() {
        ping(inside, showing(certificates.client("client", "CN=client")));
    }

    @Test
    void whoHasNoCertificateHearsThatOneIsWanted() {
        assertRefused(trusting(), "wants a certificate");
        awaitLogged("TLS failed: ");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() {
        assertRefused(
                showing(strangers.client("stranger", "CN=client")),
                "the daemon wants a certificate of this client by another authority");
    }

    @Test
    void aCertificateWhoseTimeIsOverIsRefused() {
        assertRefused(
                showing(certificates.expiredClient("late", "CN=client")),
                "the daemon refuses the certificate of this client: alert=");
    }

    @Test
    void plainOnAListenerWithTlsIsToldToBothEnds() {
        String wrong = inside.replace("prams:", "pram:");
        assertThatThrownBy(() -> ping(wrong, trusting()))
                .isInstanceOfSatisfying(
                        PramException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
                .hasMessageContaining("this listener speaks TLS only");
        awaitLogged("speaks without TLS to " + inside);
    }

    @Test
    void tlsOnAListenerWithoutItIsToldToBothEnds() {
        String wrong = plain.replace("pram:", "prams:");
        assertThatThrownBy(() -> ping(wrong, trusting()))
                .isInstanceOf(NotSentException.class)
                .hasMessageContaining("use pram://");
        awaitLogged("speaks TLS to " + plain);
    }

    @Test
    void tls12IsSpokenOnlyWhereItIsAllowed() throws Exception {
        assertThatThrownBy(() -> protocolOf12(inside)).isInstanceOf(SSLHandshakeException.class);
        try (DaemonProcess old = start("old", "--tls-min", "1.2")) {
            assertThat(protocolOf12(old.uris().getFirst())).isEqualTo("TLSv1.2");
            ping(old.uris().getFirst(), trusting());
        }
    }

    /** What is spoken with a client that knows nothing newer. */
    private static String protocolOf12(String uri) throws Exception {
        PramUri at = PramUri.parse(uri);
        try (SSLSocket socket =
                (SSLSocket)
                        Strangers.trusting(certificates.authority())
                                .getSocketFactory()
                                .createSocket(at.host(), at.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.startHandshake();
            return socket.getSession().getProtocol();
        }
    }
}
