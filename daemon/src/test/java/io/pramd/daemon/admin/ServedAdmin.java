package io.pramd.daemon.admin;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.access.TestTokens;
import io.pramd.daemon.fixture.Certificates;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.memory.Sharing;
import io.pramd.daemon.server.AuditLog;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.server.Protection;
import io.pramd.daemon.server.Server;
import io.pramd.daemon.server.ServerConfig;
import io.pramd.daemon.server.ServerTls;
import io.pramd.daemon.server.TlsConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One owner. A store that is served to clients and administrators, in this JVM. */
final class ServedAdmin implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();
    private final StoreFixture fixture;
    private final Protection protection;
    private final Server server;
    private final AdminServer admin;

    private ServedAdmin(StoreFixture fixture, Protection protection, String address) {
        this(fixture, protection, address, Patience.NORMAL);
    }

    private ServedAdmin(
            StoreFixture fixture, Protection protection, String address, Patience patience) {
        this.fixture = fixture;
        this.protection = protection;
        Meters meters = new Meters();
        fixture.store().metering(meters);
        server =
                Server.start(
                        ServerConfig.of(
                                        fixture.store(),
                                        List.of(ListenAddress.parse("pram://127.0.0.1:0")),
                                        "pramd test")
                                .withProtection(protection)
                                .withMeter(meters));
        admin =
                AdminServer.start(
                        AdminAddress.parse(address),
                        new AdminSources(fixture.opened(), server, protection, meters, "1.2.3"),
                        patience);
    }

    /** Open to everybody on this machine. */
    static ServedAdmin open(Path folder) {
        return new ServedAdmin(
                StoreFixture.format(
                        folder.resolve("memory"), StoreFixture.SMALL_BYTES, How.THREADED),
                Protection.NONE,
                "127.0.0.1:0");
    }

    /** The same, with so much time for who asks. */
    static ServedAdmin patient(Path folder, Patience patience) {
        return new ServedAdmin(
                StoreFixture.format(
                        folder.resolve("memory"), StoreFixture.SMALL_BYTES, How.THREADED),
                Protection.NONE,
                "127.0.0.1:0",
                patience);
    }

    /** The same, whose references are not counted before {@link #walk()}. */
    static ServedAdmin withoutWalk(Path folder) {
        Path file = folder.resolve("memory");
        StoreFixture.format(file, StoreFixture.SMALL_BYTES, How.THREADED).close();
        return new ServedAdmin(
                StoreFixture.openWithoutWalk(file, How.THREADED), Protection.NONE, "127.0.0.1:0");
    }

    /** With rules: {@code operator} may do everything, {@code user} has the names {@code own/}. */
    static ServedAdmin guarded(Path folder, AuditLog.Sink audit) {
        return guarded(folder, audit, Optional.empty(), "127.0.0.1:0");
    }

    /** The same with TLS, and no time limits. */
    static ServedAdmin encrypted(Path folder, Certificates certificates, AuditLog.Sink audit) {
        Certificates.Issued shown = certificates.server();
        ServerTls tls = ServerTls.read(TlsConfig.of(shown.certificates(), shown.key()));
        return guarded(folder, audit, Optional.of(tls), "https://127.0.0.1:0");
    }

    private static ServedAdmin guarded(
            Path folder, AuditLog.Sink audit, Optional<ServerTls> tls, String address) {
        try {
            for (String principal : List.of("operator", "user")) {
                Files.writeString(
                        folder.resolve(principal),
                        TestTokens.issue(folder.resolve("tokens"), principal));
            }
            Path rules =
                    Files.writeString(
                            folder.resolve("access.toml"),
                            """
                            [principal.operator]
                            token = true
                            allow = [{ verbs = "all", prefix = "" }]
                            [principal.user]
                            token = true
                            allow = [{ verbs = "all", prefix = "own/" }]
                            """);
            Access access = Access.open(rules, Optional.of(folder.resolve("tokens")));
            return new ServedAdmin(
                    StoreFixture.format(
                            folder.resolve("memory"), StoreFixture.SMALL_BYTES, How.THREADED),
                    new Protection(
                            false, tls, Optional.of(access), AuditLog.to(audit), Sharing.NONE),
                    address,
                    tls.isPresent() ? new Patience(LONG, LONG, LONG) : Patience.NORMAL);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    StoreFixture fixture() {
        return fixture;
    }

    /** Whether the rules in force know so many principals. */
    boolean rulesAre(long principals) {
        return server.info().get("access.principals").equals(principals);
    }

    void walk() {
        fixture.opened().recover();
    }

    /** Where clients come in. */
    String pram() {
        return server.addresses().getFirst().toString();
    }

    Server server() {
        return server;
    }

    AdminAddress address() {
        return admin.address();
    }

    /** The header of somebody with a token. */
    static String[] as(Path folder, String principal) {
        try {
            return new String[] {
                "Authorization", "Bearer " + Files.readString(folder.resolve(principal))
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI uri(String path) {
        return URI.create(admin.address() + path.substring(1));
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(http, HttpRequest.newBuilder(uri(path)).GET(), headers);
    }

    HttpResponse<String> send(HttpClient by, HttpRequest.Builder request, String... headers) {
        request.timeout(PATIENCE);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return by.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> delete(String path, String... headers) {
        return send(http, HttpRequest.newBuilder(uri(path)).DELETE(), headers);
    }

    @Override
    public void close() {
        http.close();
        admin.close();
        server.close();
        protection.access().ifPresent(Access::close);
        if (Boolean.TRUE.equals(fixture.store().info().get("recovery.complete"))) {
            fixture.close();
        } else {
            fixture.kill(); // a clean end would wait for the walk
        }
    }
}
