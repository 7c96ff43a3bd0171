package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.pramd.daemon.admin.Route.Needs;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Certificates;
import io.pramd.daemon.fixture.LogLines;
import io.pramd.daemon.fixture.Refusals;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.Administration.Administrator;
import io.pramd.daemon.server.AuditLog;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers do to the listener of administrators, and failures inside it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AdminAttackTest {
    private static final String GET = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final int BETWEEN_BYTES_MILLIS = 20;

    /** Their answers are several times what the kernel keeps for a client that does not read. */
    private static final int UPDATES = 300_000;

    private static final AuditLog.Sink NO_AUDIT =
            new AuditLog.Sink() {
                @Override
                public void write(AuditLog.Doer doer, AuditLog.Deed deed) {}

                @Override
                public Map<String, Object> info() {
                    return Map.of();
                }
            };

    @TempDir Path folder;

    private static Socket connect(AdminAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(address.socket());
        return socket;
    }

    private static AdminServer serve(List<Route> routes, Patience patience) {
        return AdminServer.start(
                new AdminConfig(AdminAddress.parse("127.0.0.1:0"), Optional.empty(), null, routes),
                patience);
    }

    private static String statusOf(AdminServer server, String path) throws IOException {
        try (Socket socket = connect(server.address())) {
            socket.getOutputStream().write(("GET " + path + GET).getBytes());
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%",
                "/%zz",
                "/healthz?a=%",
                "/api/v1/node?name=%ff",
                "/api/v1/node?name=%ed%a0%80",
                "/api/v1/node?name=%ef%bf%bd%ff"
            })
    void brokenEscapesAreWhoAsksFault(String path) throws IOException {
        try (ServedAdmin served = ServedAdmin.open(folder);
                LogLines log = new LogLines(Desk.class.getName());
                Socket socket = connect(served.address())) {
            socket.getOutputStream().write(("GET " + path + GET).getBytes());
            assertThat(new String(socket.getInputStream().readNBytes(12)))
                    .isEqualTo("HTTP/1.1 400");
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void aNameMayHaveTheCharacterThatBrokenOnesBecome() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            served.fixture().streams().save("a\ufffd", new byte[4096]);
            assertThat(served.get("/api/v1/node?name=a%EF%bf%BD").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void twoHostsAreNobody() throws IOException {
        try (ServedAdmin served = ServedAdmin.open(folder);
                Socket socket = connect(served.address())) {
            socket.getOutputStream()
                    .write(
                            ("GET /api/v1/info HTTP/1.1\r\nHost: pram.example" + GET.substring(9))
                                    .getBytes());
            assertThat(new String(socket.getInputStream().readNBytes(12)))
                    .isEqualTo("HTTP/1.1 403");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "GET /healthz HTTP/1.1\r\nX: "})
    void aRequestThatNeverEndsIsNotWaitedForHoweverOftenAByteComes(String begin)
            throws IOException {
        try (ServedAdmin served = ServedAdmin.patient(folder, new Patience(SHORT, LONG, LONG));
                Socket socket = connect(served.address())) {
            socket.getOutputStream().write(begin.getBytes());
            assertThatThrownBy(() -> writeForEver(socket)).isInstanceOf(IOException.class);
            Await.until("others are served", () -> isServed(served));
        }
    }

    /** Unless this machine stood still meanwhile: the time is short for everybody. */
    private static boolean isServed(ServedAdmin served) {
        try {
            return served.get("/healthz").statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static void writeForEver(Socket socket) throws IOException, InterruptedException {
        while (true) {
            socket.getOutputStream().write('a');
            Thread.sleep(BETWEEN_BYTES_MILLIS);
        }
    }

    @Test
    void whoTakesAnAnswerByteByByteIsNotWaitedFor() throws IOException {
        byte[] large = new byte[32 << 20];
        new Random(1).nextBytes(large);
        Route route =
                Route.get(
                        "/large",
                        Needs.NOTHING,
                        request ->
                                CompletableFuture.completedFuture(
                                        Answer.of(HttpResponseStatus.OK, Answer.TEXT, large)));
        try (AdminServer server = serve(List.of(route), new Patience(LONG, LONG, SHORT));
                LogLines log = new LogLines(AdminHandler.class.getName());
                Socket socket = connect(server.address())) {
            socket.getOutputStream().write(("GET /large" + GET).getBytes());
            Await.until(
                    "it is closed",
                    () -> {
                        try {
                            return socket.getInputStream().read() < 0 || !log.lines().isEmpty();
                        } catch (IOException e) {
                            return true;
                        }
                    });
            assertThat(log.lines()).anyMatch(line -> line.contains("not done in time"));
        }
    }

    @Test
    void whoAsksForNewKeysAndDoesNotTakeThemIsCutOff() throws IOException {
        Certificates certificates = Certificates.in(folder.resolve("authority"));
        try (ServedAdmin served = ServedAdmin.encrypted(folder, certificates, NO_AUDIT);
                LogLines log = new LogLines(ClogWatch.class.getName())) {
            assertThatThrownBy(() -> askForKeys(served.address(), certificates.authority()))
                    .isInstanceOf(IOException.class);
            assertThat(log.lines()).anyMatch(line -> line.contains("takes nothing"));
        }
    }

    private static void askForKeys(AdminAddress address, Path authority) throws IOException {
        JdkSslContext context =
                (JdkSslContext)
                        SslContextBuilder.forClient()
                                .sslProvider(SslProvider.JDK)
                                .protocols("TLSv1.3")
                                .trustManager(authority.toFile())
                                .build();
        try (SSLSocket socket =
                (SSLSocket)
                        context.context()
                                .getSocketFactory()
                                .createSocket(
                                        connect(address),
                                        "127.0.0.1",
                                        address.socket().getPort(),
                                        true)) {
            for (int i = 0; i < UPDATES; i++) {
                socket.startHandshake(); // behind the first one: an update of keys
            }
        }
    }

    @Test
    void anAnswerThatFailsInsideHurtsNobodyElse() throws IOException {
        List<Route> routes =
                List.of(
                        Route.get(
                                "/memory",
                                Needs.NOTHING,
                                request -> {
                                    throw new OutOfMemoryError("of a test");
                                }),
                        Route.get(
                                "/fault",
                                Needs.NOTHING,
                                request -> {
                                    Thread.currentThread().interrupt();
                                    throw new IllegalStateException("of a test");
                                }),
                        Route.get(
                                "/well",
                                Needs.NOTHING,
                                request ->
                                        CompletableFuture.completedFuture(
                                                Answer.json(Thread.interrupted()))));
        try (AdminServer server = serve(routes, Patience.NORMAL)) {
            assertThat(statusOf(server, "/memory")).isEqualTo("HTTP/1.1 500");
            assertThat(statusOf(server, "/fault")).isEqualTo("HTTP/1.1 500");
            assertThat(statusOf(server, "/well")).isEqualTo("HTTP/1.1 200");
        }
    }

    @Test
    void longAnswersAreMadeByTheWorkerAndNotByEventLoops() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            List<Runnable> left = new ArrayList<>();
            Request request = new Request("/", null, "", "", Optional.empty());
            CompletableFuture<Answer> clients =
                    new ClientsResource(served.server(), keep(left))
                            .list(request)
                            .toCompletableFuture();
            CompletableFuture<Answer> health =
                    new Health(served.server(), keep(left)).live(request).toCompletableFuture();
            Await.until("event loops have looked", () -> count(left) == 2);
            assertThat(clients).isNotDone();
            assertThat(health).isNotDone();
            left.forEach(Runnable::run);
            assertThat(clients).isCompleted();
            assertThat(health).isCompleted();
        }
    }

    private static Executor keep(List<Runnable> left) {
        return task -> {
            synchronized (left) {
                left.add(task);
            }
        };
    }

    private static int count(List<Runnable> left) {
        synchronized (left) {
            return left.size();
        }
    }

    @Test
    void theWorkerEndsBehindWhatItDoesAndForgetsWhatWaits() throws InterruptedException {
        Worker worker = new Worker();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        CompletableFuture<Boolean> wasLeftAlone = new CompletableFuture<>();
        worker.execute(
                () -> {
                    begun.countDown();
                    boolean isInterrupted = false;
                    try {
                        mayEnd.await();
                    } catch (InterruptedException e) {
                        isInterrupted = true;
                    }
                    wasLeftAlone.complete(!isInterrupted);
                });
        begun.await();
        CompletableFuture<Boolean> closed =
                CompletableFuture.supplyAsync(
                        () -> {
                            worker.close();
                            return wasLeftAlone.isDone();
                        });
        Await.until("it takes nothing more", () -> isClosed(worker));
        mayEnd.countDown();
        assertThat(closed.join()).isTrue();
        assertThat(wasLeftAlone.join()).isTrue();
        assertThat(worker.hasEnded()).isTrue();
    }

    private static boolean isClosed(Worker worker) {
        try {
            worker.execute(() -> {});
            return false;
        } catch (StoreException e) {
            return e.errno() == Errno.EAGAIN;
        }
    }

    @Test
    void answersThatWaitAreBoundedTogether() {
        Unsent unsent = new Unsent(100);
        assertThat(unsent.take(500)).isTrue(); // alone
        assertThat(unsent.take(1)).isFalse();
        unsent.gone(500);
        assertThat(unsent.take(60)).isTrue();
        assertThat(unsent.take(40)).isTrue();
        assertThat(unsent.take(1)).isFalse();
    }

    @Test
    void whoIsNoAdministratorAnyMoreRemovesNothing() throws IOException {
        try (ServedAdmin served = ServedAdmin.guarded(folder, NO_AUDIT)) {
            long sequence = served.fixture().streams().save("own/a", new byte[4096]);
            String token = Files.readString(folder.resolve("operator")).strip();
            Administrator administrator =
                    Refusals.await(
                            served.server()
                                    .administration()
                                    .authenticate(token.getBytes(StandardCharsets.UTF_8), "test"));
            Files.writeString(
                    folder.resolve("access.toml"),
                    """
                    [principal.operator]
                    token = true
                    allow = [{ verbs = "all", prefix = "own/" }]
                    """);
            Await.until("the rules are read", () -> served.rulesAre(1));
            Refusals.refused(Errno.EACCES, administrator.remove("own/a", sequence));
            assertThat(served.fixture().info("nodes.ready")).isEqualTo(1);
        }
    }
}
