package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramException;
import io.pramd.client.PramListener;
import io.pramd.client.PramTls;
import io.pramd.client.PramUri;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Certificates;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificate and key are replaced again and again, and nobody who connects notices. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TlsRotationIT {
    private static final int ROTATIONS = 20;
    private static final int CLIENTS = 8;

    /** Every so many it is waited until the new one is shown; the others come in between. */
    private static final int WAITED_FOR = 4;

    private static final long BETWEEN_MILLIS = 250;

    /** Between the key and its certificate: the daemon may look at both meanwhile. */
    private static final long KEY_AHEAD_MILLIS = 100;

    @TempDir private Path folder;
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger rounds = new AtomicInteger();
    private volatile boolean isOver;
    private Certificates certificates;
    private Path live;
    private SSLContext trusting;

    /** How files are replaced. */
    private enum Way {
        /** Each at once, by a new name. */
        RENAMED,
        /** Written in place, the key first. */
        IN_PLACE,
        /** Both at once: the folder is a symbolic link to another one. */
        LINKED
    }

    @BeforeEach
    void issueTheFirst() throws Exception {
        certificates = Certificates.in(folder.resolve("authority"));
        live = folder.resolve("live");
        trusting = Strangers.trusting(certificates.authority());
        rotate(Way.LINKED, 0);
    }

    @Test
    void noCallFailsAndNewConnectionsSeeTheNewCertificate() throws Exception {
        try (DaemonProcess daemon =
                DaemonProcess.start(
                        folder.resolve("memory"),
                        "--listen",
                        "prams://127.0.0.1:0",
                        "--tls-cert",
                        live.resolve("server.pem").toString(),
                        "--tls-key",
                        live.resolve("server.key").toString())) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String name = "client" + i;
                clients.add(Thread.ofPlatform().start(() -> work(daemon.uri(), name)));
            }
            for (int i = 1; i <= ROTATIONS; i++) {
                rotate(Way.values()[i % Way.values().length], i);
                if (i % WAITED_FOR == 0) {
                    awaitShown(daemon.uri());
                } else {
                    TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
                }
            }
            int before = rounds.get();
            Await.until("all go on", () -> rounds.get() > before + 2 * CLIENTS || isBroken());
            isOver = true;
            for (Thread client : clients) {
                client.join();
            }
            assertThat(failures).isEmpty();
            assertThat(shown(daemon.uri())).isEqualTo(issued());
        }
    }

    private boolean isBroken() {
        return !failures.isEmpty();
    }

    /** Hears of what is tried again: only because there was no time, which others take. */
    private final class Watcher implements PramListener {
        @Override
        public void retried(String verb, String name, int attempt, PramException why) {
            String text = String.valueOf(why.getMessage());
            if (!text.contains("not greeted for") && !text.contains("no HELLO in time")) {
                failures.add(why);
            }
        }
    }

    /** Saves and loads, each over a connection of its own. */
    private void work(String uri, String name) {
        PramConfig config =
                PramConfig.defaults()
                        .withTls(PramTls.defaults().withTrust(certificates.authority()))
                        .withListener(new Watcher());
        try {
            for (int round = 0; !isOver && failures.isEmpty(); round++) {
                byte[] content = (name + round).repeat(700).getBytes();
                try (PramClient client = PramClient.lazy(uri, config)) {
                    client.save(name, content);
                }
                try (PramClient client = PramClient.lazy(uri, config)) {
                    assertThat(client.load(name, LoadStream::readAllBytes)).isEqualTo(content);
                }
                rounds.incrementAndGet();
            }
        } catch (RuntimeException | Error e) {
            failures.add(e);
        }
    }

    private void rotate(Way way, int number) throws Exception {
        Certificates.Issued next = certificates.server();
        switch (way) {
            case RENAMED -> {
                move(next.key(), live.resolve("server.key"));
                move(next.certificates(), live.resolve("server.pem"));
            }
            case IN_PLACE -> {
                Files.writeString(live.resolve("server.key"), Files.readString(next.key()));
                TimeUnit.MILLISECONDS.sleep(KEY_AHEAD_MILLIS);
                Files.writeString(
                        live.resolve("server.pem"), Files.readString(next.certificates()));
            }
            case LINKED -> {
                Path version = Files.createDirectory(folder.resolve("version" + number));
                move(next.key(), version.resolve("server.key"));
                move(next.certificates(), version.resolve("server.pem"));
                move(Files.createSymbolicLink(folder.resolve("next"), version), live);
            }
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void awaitShown(String uri) throws Exception {
        BigInteger expected = issued();
        Await.until("the new certificate is shown", () -> shown(uri).equals(expected));
    }

    private BigInteger issued() throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(live.resolve("server.pem"))) {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return ((X509Certificate) factory.generateCertificate(in)).getSerialNumber();
        }
    }

    /** What a connection that begins now sees. */
    private BigInteger shown(String uri) {
        PramUri at = PramUri.parse(uri);
        try (SSLSocket socket =
                (SSLSocket) trusting.getSocketFactory().createSocket(at.host(), at.port())) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSerialNumber();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
