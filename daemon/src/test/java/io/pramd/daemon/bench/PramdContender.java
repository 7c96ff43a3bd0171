package io.pramd.daemon.bench;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.WayIn;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** One owner. The daemon as users start it, and the client library in this process. */
final class PramdContender implements Contender {
    /** Servers that have just started are slow to greet many. */
    private static final Duration CONNECT = Duration.ofMinutes(1);

    private final String name;
    private final Work work;
    private final SaveOptions options;
    private final DaemonProcess daemon;
    private final PramClient client;
    private final Callers callers;
    private final ByteBuffer content;
    private final List<ByteBuffer> targets;

    private PramdContender(
            String name, Work work, SaveOptions options, DaemonProcess daemon, PramClient client) {
        this.name = name;
        this.work = work;
        this.options = options.withDeclaredBytes(work.nodeBytes());
        this.daemon = daemon;
        this.client = client;
        callers = new Callers(work.atOnce());
        byte[] bytes = work.content();
        content = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        targets =
                IntStream.range(0, work.atOnce())
                        .mapToObj(caller -> ByteBuffer.allocateDirect(bytes.length))
                        .toList();
    }

    /** On an empty memory file. */
    static PramdContender open(Stage stage, SocketKind kind, Work work) {
        DaemonProcess daemon =
                stage.startDaemon("memory", work.memoryMebibytes(), kind.daemonUri(stage.folder()));
        return of("pramd", work, SaveOptions.defaults(), daemon);
    }

    /** Of a daemon that runs, and which ends with it. */
    static PramdContender of(String name, Work work, SaveOptions options, DaemonProcess daemon) {
        return of(name, work, options, daemon, WayIn.open(daemon.uri()));
    }

    /** The same by a way into it that is not the first one. */
    static PramdContender of(
            String name, Work work, SaveOptions options, DaemonProcess daemon, WayIn way) {
        try {
            PramConfig config =
                    PramConfig.defaults()
                            .withConnect(CONNECT)
                            .withStreamConnections(work.connections());
            PramClient client = way.connect(config);
            return new PramdContender(name, work, options, daemon, client);
        } catch (RuntimeException e) {
            daemon.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long serverPid() {
        return daemon.pid();
    }

    DaemonProcess daemon() {
        return daemon;
    }

    PramClient client() {
        return client;
    }

    @Override
    public Job job(Verb verb) {
        return job(verb, "");
    }

    /** With nodes whose names begin like that. */
    Job job(Verb verb, String prefix) {
        Callers.Call call =
                switch (verb) {
                    case SAVE -> (caller, index) -> save(prefix + Work.name(index));
                    case PEEK -> (caller, index) -> peek(caller, prefix + Work.name(index));
                    case LOAD -> (caller, index) -> load(caller, prefix + Work.name(index));
                };
        return () -> Job.Outcome.of(callers.make(work.nodes(), call));
    }

    /** Saves all once, and ends the client, but not the daemon. */
    void saveAll(String prefix) throws Exception {
        try {
            job(Verb.SAVE, prefix).run();
        } finally {
            closeClient();
        }
    }

    private void save(String node) {
        if (work.nodeBytes() == content.capacity()) {
            client.save(node, options, content.duplicate());
        } else {
            client.save(node, options, this::write);
        }
    }

    private void write(SaveStream out) {
        for (long left = work.nodeBytes(); left > 0; left -= content.capacity()) {
            out.write(content.duplicate());
        }
    }

    private void peek(int caller, String node) {
        requireAll(client.peek(node, in -> read(in, targets.get(caller))));
    }

    private void load(int caller, String node) {
        requireAll(client.load(node, in -> read(in, targets.get(caller))));
    }

    private static long read(LoadStream in, ByteBuffer target) {
        long bytes = 0;
        target.clear();
        for (int come = in.read(target); come >= 0; come = in.read(target)) {
            bytes += come;
            if (!target.hasRemaining()) {
                target.clear();
            }
        }
        return bytes;
    }

    private void requireAll(long bytes) {
        if (bytes != work.nodeBytes()) {
            throw new AssertionError(
                    "a node came back with another length: expected="
                            + work.nodeBytes()
                            + " actual="
                            + bytes);
        }
    }

    /** The daemon goes on. */
    void closeClient() {
        callers.close();
        client.close();
    }

    @Override
    public void close() {
        closeClient();
        daemon.close();
    }
}
