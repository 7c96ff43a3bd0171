package io.pramd.daemon.server;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramTls;
import io.pramd.daemon.access.Access;
import io.pramd.daemon.access.TestTokens;
import io.pramd.daemon.fixture.Certificates;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.memory.Sharing;
import io.pramd.protocol.Hello;
import io.pramd.protocol.Welcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * One owner. One store, served to some principals over every transport, to each by whatever it can
 * show there. By its user the kernel knows only one principal of this process, so each has a server
 * of its own for that.
 */
final class GuardedServers implements AutoCloseable {
    static final String OWN = "own/";
    static final String SHARED = "shared/";

    /** What each may do; the first may do everything. */
    static final Map<String, String> GRANTS =
            Map.of(
                    "operator", grant("all", ""),
                    "chief", grant("all", OWN) + "," + grant("peek\", \"list", SHARED),
                    "user",
                            grant("save\", \"load\", \"peek\", \"list\", \"remove", OWN)
                                    + ","
                                    + grant("peek\", \"list", SHARED),
                    "reader", grant("peek\", \"list", OWN),
                    "saver", grant("save", OWN),
                    "loader", grant("load", OWN),
                    "lister", grant("list", OWN),
                    "remover", grant("remove", OWN),
                    "outsider", "");

    /** How somebody comes in. */
    enum Door {
        TCP_TOKEN,
        TLS_TOKEN,
        TLS_CERTIFICATE,
        UNIX_TOKEN,
        UNIX_USER
    }

    private final Path folder;
    private final StoreFixture fixture;
    private final Certificates certificates;
    private final Path rules;
    private final Map<String, Path> tokens = new HashMap<>();
    private final Map<String, Certificates.Issued> issued = new HashMap<>();
    private final Map<String, String> userUris = new HashMap<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<ListenAddress> addresses;

    private GuardedServers(Path folder) throws IOException {
        this.folder = folder;
        fixture = StoreFixture.format(folder.resolve("memory"), 16L << 20, How.THREADED).damaged();
        open.push(fixture);
        certificates = Certificates.in(folder.resolve("authority"));
        rules = Files.writeString(folder.resolve("access.toml"), rules(""));
        Path tokensFile = folder.resolve("tokens");
        for (String principal : GRANTS.keySet()) {
            String token = TestTokens.issue(tokensFile, principal);
            tokens.put(principal, Files.writeString(folder.resolve(principal), token));
            issued.put(principal, certificates.client(principal + "-key", "CN=" + principal));
        }
        tokens.put("nobody", Files.writeString(folder.resolve("nobody"), wrongToken()));
        issued.put("nobody", certificates.client("nobody-key", "CN=nobody"));
        Certificates.Issued shown = certificates.server();
        ServerTls tls =
                ServerTls.read(
                        new TlsConfig(
                                shown.certificates(),
                                shown.key(),
                                Optional.of(certificates.authority()),
                                false,
                                false));
        addresses =
                start(
                        Access.open(rules, Optional.of(tokensFile)),
                        Optional.of(tls),
                        "pram://127.0.0.1:0",
                        "prams://127.0.0.1:0",
                        "pram+unix://" + folder.resolve("socket"));
    }

    static GuardedServers in(Path folder) {
        try {
            return new GuardedServers(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String grant(String verbs, String prefix) {
        return "{ verbs = [\"" + verbs + "\"], prefix = \"" + prefix + "\" }";
    }

    private static String wrongToken() {
        return "pram_0123456789abcdef_" + "0".repeat(43);
    }

    /** Rules for all, with the user of this process for one of them. */
    private String rules(String ofThisUser) throws IOException {
        StringBuilder text = new StringBuilder();
        GRANTS.forEach(
                (principal, grants) -> {
                    text.append("[principal." + principal + "]\ntoken = true\n");
                    text.append("certificate = \"CN=" + principal + "\"\n");
                    text.append("allow = [" + grants + "]\n");
                    if (principal.equals(ofThisUser)) {
                        text.append("uid = " + uid() + "\n");
                    }
                });
        return text.toString();
    }

    private int uid() {
        try {
            return (Integer) Files.getAttribute(folder, "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<ListenAddress> start(
            Access access, Optional<ServerTls> tls, String... addressTexts) {
        open.push(access);
        Protection protection =
                new Protection(false, tls, Optional.of(access), AuditLog.OFF, Sharing.NONE);
        ServerConfig config =
                new ServerConfig(
                        fixture.store(),
                        List.of(addressTexts).stream()
                                .map(ListenAddress::parse)
                                .map(ListenSocket::toBind)
                                .toList(),
                        protection,
                        ServerLimits.defaults(),
                        1,
                        "pramd test",
                        () -> CompletableFuture.completedFuture(List.of()),
                        fixture.opened()::backup,
                        RequestMeter.NONE);
        Server server = Server.start(config);
        open.push(server);
        return server.addresses();
    }

    /**
     * Of the principal alone, whom the kernel vouches for; of nobody, where no rule has its user.
     */
    private String userUri(String principal) {
        return userUris.computeIfAbsent(
                principal,
                name -> {
                    try {
                        Path file = folder.resolve("access-" + name + ".toml");
                        Files.writeString(file, rules(name));
                        return start(
                                        Access.open(file, Optional.empty()),
                                        Optional.empty(),
                                        "pram+unix://" + folder.resolve("socket-" + name))
                                .getFirst()
                                .toString();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    /**
     * A client of that principal, or of "nobody", which has something to show that no rule knows.
     */
    PramClient connect(Door door, String principal) {
        PramTls trusting = PramTls.defaults().withTrust(certificates.authority());
        PramConfig config =
                PramConfig.defaults().withRetryFor(Duration.ZERO).withConnectWait(Duration.ZERO);
        PramConfig withToken = config.withTokenFile(tokens.get(principal));
        Certificates.Issued own = issued.get(principal);
        return switch (door) {
            case TCP_TOKEN -> PramClient.connect(addresses.get(0).toString(), withToken);
            case TLS_TOKEN ->
                    PramClient.connect(addresses.get(1).toString(), withToken.withTls(trusting));
            case TLS_CERTIFICATE ->
                    PramClient.connect(
                            addresses.get(1).toString(),
                            config.withTls(
                                    trusting.withCertificate(own.certificates(), own.key())));
            case UNIX_TOKEN -> PramClient.connect(addresses.get(2).toString(), withToken);
            case UNIX_USER -> PramClient.connect(userUri(principal), config);
        };
    }

    /** A raw client of that principal, by TCP and token. */
    SocketClient greeted(String principal) throws IOException {
        Hello hello = Hello.of("test").withToken(Files.readAllBytes(tokens.get(principal)));
        SocketClient client = new SocketClient(addresses.get(0));
        client.send(ClientBytes.preface().message(0, hello));
        client.next(0, Welcome.class);
        return client;
    }

    StoreFixture fixture() {
        return fixture;
    }

    /** Takes a principal out of the rules, or gives all their rules again. */
    void replaceRules(UnaryOperator<String> change) throws IOException {
        Path aside = Files.writeString(folder.resolve("access.new"), change.apply(rules("")));
        Files.move(aside, rules, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("cannot close a server", e);
            }
        }
    }
}
