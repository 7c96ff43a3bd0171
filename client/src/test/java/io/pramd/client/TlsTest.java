package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.handler.ssl.ClientAuth;
import io.netty.pkitesting.X509Bundle;
import io.pramd.client.fixture.FakeDaemon;
import io.pramd.client.fixture.TestTls;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inside TLS all is as without; and where TLS fails the text says why, once. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsTest {
    private static final TestTls AUTHORITY = new TestTls();
    private static final X509Bundle SERVER = AUTHORITY.ofThisMachine();
    private static final X509Bundle CLIENT = AUTHORITY.issue(builder -> builder);

    /** Longer than any test may take: what is tried again would be seen. */
    private static final Duration FOR_EVER = Duration.ofHours(1);

    @TempDir private Path folder;

    private final FakeDaemon daemon = new FakeDaemon();
    private PramTls tls;

    @BeforeEach
    void trust() throws IOException {
        daemon.gate().useTls(AUTHORITY.server(SERVER));
        tls = PramTls.defaults().withTrust(AUTHORITY.writeTrust(folder.resolve("ca.pem")));
    }

    @AfterEach
    void close() {
        daemon.close();
    }

    private PramClient connect(String uri, PramTls with) {
        return PramClient.connect(
                uri,
                PramConfig.defaults()
                        .withTls(with)
                        .withConnectWait(FOR_EVER)
                        .withRetryFor(FOR_EVER));
    }

    private void assertUntrusted(String uri, PramTls with, String... texts) {
        assertThatThrownBy(() -> connect(uri, with).ping())
                .isInstanceOfSatisfying(
                        NotSentException.class,
                        e -> {
                            assertThat(e.isUntrusted()).isTrue();
                            assertThat(e.errno()).isEqualTo(Errno.EACCES);
                            assertThat(e).hasMessageStartingWith("cannot connect to " + uri + ": ");
                        })
                .hasMessageContainingAll(texts);
    }

    private PramTls withClientCertificate() throws IOException {
        return tls.withCertificate(
                TestTls.writeChain(CLIENT, folder.resolve("chain.pem")),
                TestTls.writeKey(CLIENT, folder.resolve("key.pem")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4096, 16_384, 3_000_001})
    void whatIsSavedInsideTlsIsLoadedAgain(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(size).put(bytes).flip();
        try (PramClient client = connect(daemon.uri(), tls)) {
            client.save("heap", bytes);
            client.save("direct", direct);
            assertThat(client.load("heap", LoadStream::readAllBytes)).isEqualTo(bytes);
            ByteBuffer target = ByteBuffer.allocateDirect(size + 1);
            try (LoadStream in = client.openLoad("direct")) {
                while (in.read(target) >= 0) {}
                in.finish();
            }
            byte[] landed = new byte[target.flip().remaining()];
            target.get(landed);
            assertThat(landed).isEqualTo(bytes);
        }
    }

    @Test
    void theHostMayBeNamedToo() {
        try (PramClient client = connect(daemon.uri("localhost"), tls)) {
            client.ping();
        }
    }

    @Test
    void whoIsNotTrustedIsNotTalkedTo() {
        assertUntrusted(
                daemon.uri(), PramTls.defaults(), "the daemon's certificate is not trusted");
    }

    @Test
    void aCertificateForAnotherHostIsNotTrusted() {
        X509Bundle other = AUTHORITY.issue(builder -> builder.addSanDnsName("other.example"));
        daemon.gate().useTls(AUTHORITY.server(other));
        assertUntrusted(
                daemon.uri("localhost"), tls, "is not for this host: host=localhost", "name");
        assertUntrusted(daemon.uri(), tls, "is not for this host: host=127.0.0.1");
    }

    @Test
    void anExpiredCertificateIsNotTrusted() {
        daemon.gate().useTls(AUTHORITY.server(AUTHORITY.expired()));
        assertUntrusted(daemon.uri(), tls, "the daemon's certificate has expired");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void showsItsCertificateToWhoAsksForOne(String version) throws IOException {
        daemon.gate().useTls(AUTHORITY.serverThatAsks(SERVER, version));
        PramTls with = withClientCertificate().withMinimum(PramTls.Version.TLS_1_2);
        try (PramClient client = connect(daemon.uri(), with)) {
            client.save("n", new byte[5000]);
            assertThat(client.list()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void whoHasNoCertificateToShowHearsThatOneIsWanted(String version) {
        daemon.gate().useTls(AUTHORITY.serverThatAsks(SERVER, version));
        assertUntrusted(
                daemon.uri(), tls.withMinimum(PramTls.Version.TLS_1_2), "wants a certificate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void whoseCertificateIsNotTrustedHearsThat(String version) throws IOException {
        TestTls stranger = new TestTls();
        X509Bundle other = stranger.ofThisMachine();
        daemon.gate().useTls(stranger.serverThatAsks(other, version));
        PramTls with =
                withClientCertificate()
                        .withTrust(stranger.writeTrust(folder.resolve("stranger.pem")))
                        .withMinimum(PramTls.Version.TLS_1_2);
        assertUntrusted(
                daemon.uri(), with, "the daemon refuses the certificate of this client: alert=");
    }

    @Test
    void anOldVersionIsSpokenOnlyWhereItIsAllowed() {
        daemon.gate().useTls(AUTHORITY.server(SERVER, ClientAuth.NONE, "TLSv1.2"));
        assertUntrusted(daemon.uri(), tls, "at most TLS 1.2", "allow 1.2");
        try (PramClient client = connect(daemon.uri(), tls.withMinimum(PramTls.Version.TLS_1_2))) {
            client.ping();
        }
    }

    @Test
    void whoListensWithoutTlsIsNamedAsThat() throws IOException {
        byte[] alert = {0x15, 3, 1, 0, 2, 2, 70}; // as a daemon says it
        try (ServerSocket listener = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> answer(listener, alert));
            answering.start();
            assertUntrusted("prams://127.0.0.1:" + listener.getLocalPort(), tls, "use pram://");
        }
    }

    private static void answer(ServerSocket listener, byte[] bytes) {
        try (Socket socket = listener.accept();
                InputStream in = socket.getInputStream()) {
            assertThat(in.read(new byte[8])).isPositive();
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            while (in.read(new byte[1000]) >= 0) {}
        } catch (IOException e) {
            assertThat(listener.isClosed()).isTrue();
        }
    }

    @Test
    void whatIsNoTlsAtAllIsNamedAsThat() {
        String uri = daemon.uri();
        daemon.gate().useTls(null); // from the next connection on
        assertUntrusted(uri, tls, "without TLS");
    }

    @Test
    void whoSaysNothingIsWaitedForNoLongerThanForAnyAnswer() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            String uri = "prams://127.0.0.1:" + silent.getLocalPort();
            PramConfig config =
                    PramConfig.defaults()
                            .withTls(tls)
                            .withConnect(Duration.ofMillis(200))
                            .withNoProgress(Duration.ofMillis(200));
            NotSentException e =
                    catchThrowableOfType(
                            NotSentException.class, () -> PramClient.connect(uri, config));
            assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT);
            assertThat(e.isUntrusted()).isFalse();
            assertThat(e).hasMessageContaining("connected, and not greeted for ");
        }
    }

    @Test
    void anInterruptEndsTheBeginOfTls() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            String uri = "prams://127.0.0.1:" + silent.getLocalPort();
            PramClient client = PramClient.lazy(uri, PramConfig.defaults().withTls(tls));
            var call = client.async().ping();
            try (Socket accepted = silent.accept()) {
                assertThat(accepted.getInputStream().read()).isEqualTo(0x16); // it has begun
                call.cancel(false);
                while (accepted.getInputStream().read() >= 0) {} // it has ended
            }
            client.close();
        }
    }

    @Test
    void aNewAuthorityIsTrustedFromTheNextConnectionOn() throws IOException {
        try (PramClient client = connect(daemon.uri(), tls)) {
            client.ping();
            TestTls next = new TestTls();
            daemon.gate().useTls(next.server(next.ofThisMachine()));
            daemon.cutConnections();
            assertThatThrownBy(client::ping).hasMessageContaining("is not trusted");
            next.writeTrust(folder.resolve("ca.pem"));
            client.ping();
        }
    }

    @Test
    void anotherCertificateIsShownFromTheNextConnectionOn() throws IOException {
        PramTls with = withClientCertificate();
        daemon.gate().useTls(AUTHORITY.serverThatAsks(SERVER));
        try (PramClient client = connect(daemon.uri(), with)) {
            client.ping();
            TestTls next = new TestTls();
            daemon.gate().useTls(next.serverThatAsks(next.ofThisMachine()));
            next.writeTrust(folder.resolve("ca.pem"));
            daemon.cutConnections();
            assertThatThrownBy(client::ping).hasMessageContaining("refuses the certificate");
            X509Bundle fresh = next.issue(builder -> builder);
            TestTls.writeKey(fresh, folder.resolve("key.pem"));
            TestTls.writeChain(fresh, folder.resolve("chain.pem"));
            client.ping();
        }
    }

    @Test
    void aLostConnectionIsMadeAnewInsideTls() {
        byte[] bytes = new byte[9 << 20];
        Arrays.fill(bytes, (byte) 7);
        try (PramClient client = connect(daemon.uri(), tls)) {
            daemon.cutBefore(MessageType.FINISH_SAVE);
            client.save("n", bytes);
            daemon.cutBefore(MessageType.READ);
            assertThat(client.load("n", LoadStream::readAllBytes)).isEqualTo(bytes);
        }
    }

    @Test
    void aDaemonThatTakesNothingEndsASaveFromTheCallersMemory() {
        PramConfig config =
                PramConfig.defaults()
                        .withTls(tls)
                        .withRetryFor(Duration.ZERO)
                        .withNoProgress(Duration.ofMillis(1500));
        ByteBuffer bytes = ByteBuffer.allocateDirect(64 << 20);
        try (PramClient client = PramClient.connect(daemon.uri(), config);
                SaveStream out = client.openSave("n")) {
            daemon.read(false);
            assertThatThrownBy(() -> out.write(bytes))
                    .isInstanceOfSatisfying(
                            NotSentException.class, e -> assertThat(e.isNoProgress()).isTrue());
            daemon.read(true);
        }
    }
}
