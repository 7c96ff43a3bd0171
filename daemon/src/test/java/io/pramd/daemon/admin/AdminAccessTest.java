package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.daemon.fixture.Certificates;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.server.AuditLog;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may look, and who may change. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AdminAccessTest {
    private static final List<String> GUARDED =
            List.of("/api/v1/info", "/api/v1/recovery", "/api/v1/scrub");

    private final List<String> audited = new CopyOnWriteArrayList<>();

    @TempDir Path folder;

    private AuditLog.Sink sink() {
        return new AuditLog.Sink() {
            @Override
            public void write(AuditLog.Doer doer, AuditLog.Deed deed) {
                audited.add(
                        doer.principal()
                                + " "
                                + deed.verb()
                                + " "
                                + deed.name()
                                + " "
                                + deed.result());
            }

            @Override
            public Map<String, Object> info() {
                return Map.of();
            }
        };
    }

    private static void assertError(HttpResponse<String> response, int status, String errno) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        try {
            assertThat(new ObjectMapper().readTree(response.body()).get("error").asText())
                    .isEqualTo(errno);
        } catch (IOException e) {
            throw new AssertionError(response.body(), e);
        }
    }

    @Test
    void withRulesOnlyAdministratorsLook() {
        try (ServedAdmin served = ServedAdmin.guarded(folder, sink())) {
            for (String path : GUARDED) {
                HttpResponse<String> nobody = served.get(path);
                assertError(nobody, 401, "EACCES");
                assertThat(nobody.headers().firstValue("www-authenticate")).isPresent();
                assertError(served.get(path, "Authorization", "Basic YTpi"), 401, "EACCES");
                assertError(served.get(path, "Authorization", "Bearer nonsense"), 403, "EACCES");
                assertError(served.get(path, ServedAdmin.as(folder, "user")), 403, "EACCES");
                assertThat(served.get(path, ServedAdmin.as(folder, "operator")).statusCode())
                        .isEqualTo(200);
            }
            for (String path : List.of("/", "/healthz", "/readyz")) {
                assertThat(served.get(path).statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void anAdministratorRemovesTheOneNodeThatWasLookedAt() {
        try (ServedAdmin served = ServedAdmin.guarded(folder, sink())) {
            StreamDriver streams = served.fixture().streams();
            long first = streams.save("own/a b", new byte[4096]);
            long second =
                    streams.save(StreamDriver.replacing("own/a b", NodeType.PAGE), new byte[4096]);
            String path = "/api/v1/nodes?name=own%2Fa+b&sequence=";
            String[] operator = ServedAdmin.as(folder, "operator");

            assertError(served.delete(path + second), 401, "EACCES");
            assertError(
                    served.delete(path + second, ServedAdmin.as(folder, "user")), 403, "EACCES");
            assertError(served.delete(path + first, operator), 409, "ESTALE");
            assertError(served.delete("/api/v1/nodes?name=own%2Fa+b", operator), 400, "EINVAL");
            assertError(served.delete("/api/v1/nodes?quarantined=20", operator), 404, "ENOENT");
            assertThat(served.fixture().info("nodes.ready")).isEqualTo(1);

            HttpResponse<String> removed = served.delete(path + second, operator);

            assertThat(removed.statusCode()).as(removed.body()).isEqualTo(200);
            assertThat(removed.body()).isEqualTo("{\"removed\":" + second + "}");
            assertThat(served.fixture().info("nodes.ready")).isZero();
            assertError(served.delete(path + second, operator), 404, "ENOENT");
            assertThat(audited)
                    .containsSubsequence(
                            "operator remove own/a b ESTALE",
                            "operator remove  ENOENT",
                            "operator remove own/a b ok",
                            "operator remove own/a b ENOENT");
        }
    }

    @Test
    void withoutRulesNobodyChangesAnything() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            long sequence = served.fixture().streams().save("a", new byte[4096]);
            HttpResponse<String> refused =
                    served.delete(
                            "/api/v1/nodes?name=a&sequence=" + sequence,
                            "Authorization",
                            "Bearer anything");
            assertError(refused, 403, "EACCES");
            assertThat(refused.body()).contains("--access");
            assertThat(served.fixture().info("nodes.ready")).isEqualTo(1);
        }
    }

    @Test
    void httpsShowsTheDaemonsCertificate() throws IOException, GeneralSecurityException {
        Certificates certificates = Certificates.in(folder.resolve("authority"));
        try (ServedAdmin served = ServedAdmin.encrypted(folder, certificates, sink());
                HttpClient client =
                        HttpClient.newBuilder().sslContext(trusting(certificates)).build()) {
            HttpResponse<String> info =
                    served.send(
                            client,
                            HttpRequest.newBuilder(served.uri("/api/v1/info")),
                            ServedAdmin.as(folder, "operator"));
            assertThat(info.statusCode()).isEqualTo(200);
            assertThat(info.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
        }
    }

    private static SSLContext trusting(Certificates certificates)
            throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (var in = Files.newInputStream(certificates.authority())) {
            trusted.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
