package io.pramd.daemon.bench;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Immutable. Short commands from exec to exit, beside that of Redis and beside a bare JVM. */
record CommandsCase(int rounds) implements BenchCase {
    static final String PING = "pram ping";
    static final String LS = "pram ls";

    private static final int RUNS_A_ROUND = 3;
    private static final int NODES = 10;
    private static final Work SMALL = Work.of(NODES, Work.PAGE_BYTES);

    @Override
    public long memoryMebibytes() {
        return SMALL.memoryMebibytes();
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        String uri = SocketKind.TCP.daemonUri(stage.folder());
        PeerServer redis = null;
        try (DaemonProcess daemon = stage.startDaemon("memory", memoryMebibytes(), uri)) {
            try (PramClient client = PramClient.connect(daemon.uri())) {
                for (int i = 0; i < NODES; i++) {
                    client.save(Work.name(i), SMALL.content());
                }
            }
            redis = redis(stage);
            Comparison comparison = new Comparison(Unit.START, 1);
            comparison.add(PING, Verb.PEEK, contenders(PING, daemon, redis, cli(stage)));
            comparison.add(LS, Verb.PEEK, contenders(LS, daemon, redis, cli(stage)));
            return new Measured(
                    "commands, exec to exit", comparison.run(rounds * RUNS_A_ROUND), List.of());
        } finally {
            if (redis != null) {
                redis.process().close();
            }
        }
    }

    private static PeerServer redis(Stage stage) throws IOException {
        if (!stage.alternatives().has(Alternative.REDIS)) {
            return null;
        }
        Path program = stage.alternatives().program(Alternative.REDIS);
        Path folder = PeerProcess.folder(stage.folder(), "redis");
        return PeerServer.redis(program, folder, SocketKind.UNIX);
    }

    private static Path cli(Stage stage) {
        return stage.alternatives().has(Alternative.REDIS)
                ? stage.alternatives().program(Alternative.REDIS).resolveSibling("redis-cli")
                : Path.of("redis-cli");
    }

    private static List<Contender> contenders(
            String command, DaemonProcess daemon, PeerServer redis, Path cli) {
        Path pram = DaemonProcess.distribution().resolve("bin/pram");
        String verb = command.substring(command.indexOf(' ') + 1);
        List<Contender> all = new ArrayList<>();
        all.add(
                new CommandRun(
                        command,
                        List.of(pram.toString(), "--server", daemon.uri(), verb),
                        daemon.pid()));
        Path java = Path.of(System.getProperty("java.home"), "bin/java");
        all.add(
                new CommandRun(
                        "java -version", List.of(java.toString(), "-version"), daemon.pid()));
        if (redis != null && Files.isExecutable(cli)) {
            String socket = redis.address().toString();
            all.add(
                    new CommandRun(
                            "redis-cli ping",
                            List.of(cli.toString(), "-s", socket, "ping"),
                            redis.process().pid()));
        }
        return all;
    }
}
