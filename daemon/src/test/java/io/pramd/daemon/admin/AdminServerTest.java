package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Refusals;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AdminServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SOCKET_MILLIS_MAX = 30_000;

    @TempDir Path folder;

    private static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + response.body(), e);
        }
    }

    @Test
    void isLiveAndReadyOnceTheWalkIsDone() {
        try (ServedAdmin served = ServedAdmin.withoutWalk(folder)) {
            assertThat(served.get("/healthz").body()).isEqualTo("ok\n");
            HttpResponse<String> early = served.get("/readyz");
            assertThat(early.statusCode()).isEqualTo(503);
            assertThat(early.body()).startsWith("recovering: ");
            assertThat(json(served.get("/api/v1/recovery")).get("complete").asBoolean()).isFalse();

            served.walk();

            assertThat(served.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(served.get("/readyz").body()).isEqualTo("ready\n");
        }
    }

    @Test
    void aReadOnlyStoreIsLiveButNotReady() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            served.fixture().store().fail(StoreException.of(Errno.EIO, "the device is gone"));

            assertThat(served.get("/healthz").statusCode()).isEqualTo(200);
            assertThat(served.get("/healthz").body())
                    .isEqualTo("ok, read-only: the device is gone\n");
            assertThat(served.get("/readyz").statusCode()).isEqualTo(503);
            assertThat(served.get("/readyz").body()).isEqualTo("read-only: the device is gone\n");
        }
    }

    @Test
    void infoIsWhatTheStoreSays() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            served.fixture().streams().save("a", new byte[3 * 4096]);

            JsonNode info = json(served.get("/api/v1/info"));

            assertThat(info.get("nodes.ready").asLong()).isEqualTo(1);
            assertThat(info.get("frames.free").asLong())
                    .isEqualTo(served.fixture().info("frames.free"));
            assertThat(info.get("recovery.report").isArray()).isTrue();
            assertThat(info.get("admin.changes").asText()).startsWith("off: ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/api/v1/", "/api/v1/infos", "/healthz/", "//", "/%2e"})
    void whatIsNotThereIsEnoent(String path) {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            HttpResponse<String> response = served.get(path);
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(json(response).get("error").asText()).isEqualTo("ENOENT");
        }
    }

    @Test
    void anotherMethodIsRefusedWithThoseThatAreThere() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            HttpResponse<String> response =
                    served.send(
                            HttpClient.newHttpClient(),
                            HttpRequest.newBuilder(served.uri("/healthz"))
                                    .POST(HttpRequest.BodyPublishers.ofString("x")));
            assertThat(response.statusCode()).isEqualTo(405);
            assertThat(response.headers().firstValue("allow")).contains("GET");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "pram.example:7728, none, 403",
        "127.0.0.1.example, none, 403",
        "'', none, 403",
        "localhost:1, none, 200",
        "127.0.0.2, none, 200",
        "[::1]:7728, same-origin, 200",
        "localhost:80@pram.example, none, 403",
        "user@localhost, none, 403",
        "[::1]pram.example, none, 403",
        "localhost., none, 403",
        "localhost, cross-site, 403",
        "localhost, same-site, 403"
    })
    void aPageOfSomebodyElseCannotAsk(String host, String site, int status) throws IOException {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            String answer =
                    raw(
                            served,
                            "GET /api/v1/info HTTP/1.1\r\nHost: "
                                    + host
                                    + "\r\nSec-Fetch-Site: "
                                    + site
                                    + "\r\nConnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @Test
    void aLinkFromElsewhereMayBeFollowed() throws IOException {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            String answer =
                    raw(
                            served,
                            "GET / HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\n"
                                    + "Sec-Fetch-Mode: navigate\r\nConnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 200 ");
        }
    }

    private static String raw(ServedAdmin served, String request) throws IOException {
        try (Socket socket = connect(served)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Of an answer behind which the connection may go on. */
    private static String statusLine(ServedAdmin served, String request) throws IOException {
        try (Socket socket = connect(served)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        }
    }

    private static Socket connect(ServedAdmin served) throws IOException {
        Socket socket =
                new Socket(
                        served.address().socket().getAddress(),
                        served.address().socket().getPort());
        socket.setSoTimeout(SOCKET_MILLIS_MAX);
        return socket;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n",
                "PRAM\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n",
                "GET /\u0000\u0001 HTTP/9.9\r\n\r\n",
                "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: localhost\r\n\r\nzz\r\n\r\n"
            })
    void whatIsNoRequestIsRefusedAndNobodyElseNotices(String bytes) throws IOException {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            assertThat(statusLine(served, bytes)).startsWith("HTTP/1.1 4");
            assertThat(served.get("/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void longLinesAndHeadersAreRefused() throws IOException {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            String line = "GET /" + "a".repeat(10_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
            assertThat(statusLine(served, line)).startsWith("HTTP/1.1 4");
            String headers = "GET / HTTP/1.1\r\nX: " + "a".repeat(100_000) + "\r\n\r\n";
            assertThat(statusLine(served, headers)).startsWith("HTTP/1.1 4");
        }
    }

    @Test
    void aContentThatIsTooLongIsAnErrorAsAnyOtherAndTheConnectionGoesOn() throws IOException {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            String answers =
                    raw(
                            served,
                            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000"
                                    + "\r\n\r\n"
                                    + "x".repeat(200_000)
                                    + "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
                                    + "Connection: close\r\n\r\n");
            assertThat(answers)
                    .startsWith("HTTP/1.1 400 ")
                    .containsSubsequence("nosniff", "\"EINVAL\"", "too long: max=1024", "\nok\n");
        }
    }

    @Test
    void aProbeThatNamesNoHostIsAnswered() throws IOException {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            assertThat(raw(served, "GET /healthz HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            String get = " HTTP/1.1\r\nHost: localhost\r\n";
            String answers =
                    raw(
                            served,
                            "GET /readyz"
                                    + get
                                    + "\r\nGET /nothing"
                                    + get
                                    + "\r\nGET /healthz"
                                    + get
                                    + "Connection: close\r\n\r\n");
            assertThat(answers).containsSubsequence("\nready\n", "ENOENT", "\nok\n");
        }
    }

    @Test
    void thePageRunsNothingButItsOwnScriptAndTalksToNobodyElse() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            HttpResponse<String> page = served.get("/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                    .startsWith("default-src 'none'; script-src 'sha256-")
                    .contains("connect-src 'self'")
                    .doesNotContain("unsafe");
            assertThat(page.body())
                    .doesNotContainPattern("(?i)<[^>]*\\s(style|on[a-z]+)=")
                    .doesNotContainPattern("(?i)(src|href)=[\"']?(https?:)?//");
            assertThat(page.body().split("<script>", -1)).hasSize(2);
            assertThat(page.body().split("<style>", -1)).hasSize(2);
        }
    }

    @Test
    void moreConnectionsThanItHasAreClosedAndTheOthersServed() throws IOException {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            List<Socket> held = new ArrayList<>();
            try {
                for (int i = 0; i < AdminServer.CONNECTIONS_MAX; i++) {
                    held.add(connect(served));
                }
                Await.until("one more is closed", () -> isClosed(served));
                Socket first = held.getFirst();
                first.getOutputStream()
                        .write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
                assertThat(new String(first.getInputStream().readNBytes(12)))
                        .isEqualTo("HTTP/1.1 200");
            } finally {
                for (Socket socket : held) {
                    socket.close();
                }
            }
            Await.until("there is room again", () -> served.get("/healthz").statusCode() == 200);
        }
    }

    private static boolean isClosed(ServedAdmin served) {
        try (Socket one = connect(served)) {
            InputStream in = one.getInputStream();
            return in.read() < 0;
        } catch (IOException e) {
            return e.getMessage().contains("reset");
        }
    }

    @Test
    void anAddressInUseIsRefused() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            AdminConfig again =
                    new AdminConfig(served.address(), Optional.empty(), null, List.of());
            StoreException why =
                    Refusals.refused(
                            Errno.EBUSY, (Refusals.Request) () -> AdminServer.start(again));
            assertThat(why).hasMessageContaining(served.address().toString());
        }
    }
}
