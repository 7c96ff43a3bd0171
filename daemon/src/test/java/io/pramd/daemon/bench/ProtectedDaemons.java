package io.pramd.daemon.bench;

import io.pramd.client.PramConfig;
import io.pramd.client.PramTls;
import io.pramd.daemon.access.TokensFile;
import io.pramd.daemon.fixture.Certificates;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.WayIn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One owner. Daemons that let everybody in or ask who comes, and all ways into them: the first is
 * the one without any protection.
 */
final class ProtectedDaemons implements AutoCloseable {
    /** Quotas that are counted and never met; a principal known by each way in. */
    private static final String RULES =
            """
            [principal.bench]
            token = true
            certificate = "CN=bench"
            uid = %s
            allow = [
              { verbs = ["save", "load", "peek", "list", "remove"], prefix = "" },
            ]
            quota = { bytes = "1T", nodes = 100000000, streams = 100000, largest = "1T" }

            [prefix."%s"]
            quota = { bytes = "1T" }
            """;

    private final Path folder;
    private final Certificates certificates;
    private final Path token;
    private final Certificates.Issued client;
    private final List<DaemonProcess> daemons = new ArrayList<>();
    private final List<Entrance> entrances = new ArrayList<>();

    /** A way into one of them. */
    record Entrance(String name, DaemonProcess daemon, WayIn way) {}

    private ProtectedDaemons(Path folder) throws IOException {
        this.folder = folder;
        certificates = Certificates.in(folder.resolve("issued"));
        certificates.server();
        client = certificates.client("bench", "CN=bench");
        token = folder.resolve("bench.token");
        Path tokens = folder.resolve("tokens");
        byte[] issued = new TokensFile(tokens).add("bench").token();
        Files.writeString(token, new String(issued, StandardCharsets.US_ASCII));
        Object uid = Files.getAttribute(tokens, "unix:uid");
        Files.writeString(folder.resolve("access.toml"), RULES.formatted(uid, "b"));
    }

    /**
     * Starts them.
     *
     * @param mebibytes that one way in needs of its daemon's memory file
     */
    static ProtectedDaemons start(Stage stage, long mebibytes) throws IOException {
        ProtectedDaemons all = new ProtectedDaemons(stage.folder());
        try {
            all.startOpen(stage, 2 * mebibytes);
            all.startAsking(stage, 4 * mebibytes);
            all.startAuditing(stage, mebibytes);
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private void startOpen(Stage stage, long mebibytes) {
        DaemonProcess open = serve(stage, "open", mebibytes, "--listen", unix("open"));
        add("open, TCP", open, WayIn.open(uri(open, "pram:")));
        add("open, Unix", open, WayIn.open(uri(open, "pram+unix:")));
    }

    private void startAsking(Stage stage, long mebibytes) {
        DaemonProcess asking =
                serve(
                        stage,
                        "asking",
                        mebibytes,
                        "--listen",
                        "prams://127.0.0.1:0",
                        "--listen",
                        unix("asking"),
                        "--tls-cert",
                        folder.resolve("issued/server.pem").toString(),
                        "--tls-key",
                        folder.resolve("issued/server.key").toString(),
                        "--tls-client",
                        "optional",
                        "--tls-client-ca",
                        certificates.authority().toString(),
                        "--access",
                        folder.resolve("access.toml").toString(),
                        "--tokens",
                        folder.resolve("tokens").toString());
        PramTls trusting = PramTls.defaults().withTrust(certificates.authority());
        PramTls showing = trusting.withCertificate(client.certificates(), client.key());
        add("token, TCP", asking, byToken(uri(asking, "pram:")));
        add("user, Unix", asking, WayIn.open(uri(asking, "pram+unix:")));
        add(
                "token, TLS",
                asking,
                new WayIn(
                        uri(asking, "prams:"),
                        config -> config.withTls(trusting).withTokenFile(token)));
        add(
                "certificate, TLS",
                asking,
                new WayIn(uri(asking, "prams:"), config -> config.withTls(showing)));
    }

    private void startAuditing(Stage stage, long mebibytes) {
        DaemonProcess auditing =
                serve(
                        stage,
                        "auditing",
                        mebibytes,
                        "--access",
                        folder.resolve("access.toml").toString(),
                        "--tokens",
                        folder.resolve("tokens").toString(),
                        "--audit-log",
                        folder.resolve("audit.log").toString());
        add("token, TCP, audit log", auditing, byToken(uri(auditing, "pram:")));
    }

    private DaemonProcess serve(Stage stage, String memory, long mebibytes, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of("--size", mebibytes + "M", "--listen", "pram://127.0.0.1:0"));
        words.addAll(List.of(more));
        Map<String, String> environment = stage.environment();
        DaemonProcess daemon =
                DaemonProcess.start(
                        environment, folder.resolve(memory), words.toArray(String[]::new));
        daemons.add(daemon);
        return daemon;
    }

    private String unix(String name) {
        return "pram+unix://" + folder.resolve(name + ".socket");
    }

    private static String uri(DaemonProcess daemon, String begin) {
        for (String word : daemon.ready().split(" ")) {
            if (word.startsWith(begin)) {
                return word;
            }
        }
        throw new IllegalStateException("no such listener: " + begin + " " + daemon.ready());
    }

    private WayIn byToken(String uri) {
        return new WayIn(uri, (PramConfig config) -> config.withTokenFile(token));
    }

    private void add(String name, DaemonProcess daemon, WayIn way) {
        entrances.add(new Entrance(name, daemon, way));
    }

    List<Entrance> entrances() {
        return entrances;
    }

    @Override
    public void close() {
        daemons.forEach(DaemonProcess::close);
    }
}
