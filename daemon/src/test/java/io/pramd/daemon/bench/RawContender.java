package io.pramd.daemon.bench;

import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.Durability;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One owner. A daemon that is asked as other servers are: over a blocking connection for each
 * caller, as many requests in one write as the work is deep, then their answers. Its nodes lie
 * beside those of the daemon's other clients.
 */
final class RawContender implements Contender {
    static final String NAME = "pramd, raw client";

    static final String PREFIX = "raw-";

    /** Less than the silence after which a daemon closes a connection. */
    private static final long SILENCE_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

    private final DaemonProcess daemon;
    private final SocketKind kind;
    private final Work work;
    private final Durability durability;
    private final Callers callers;
    private final List<RawConnection> connections = new ArrayList<>();
    private final List<RawStreams> streams = new ArrayList<>();
    private long lastUsed;

    private RawContender(DaemonProcess daemon, SocketKind kind, Work work, Durability durability) {
        this.daemon = daemon;
        this.kind = kind;
        this.work = work;
        this.durability = durability;
        callers = new Callers(work.connections());
    }

    /** To a daemon that goes on when this is closed. */
    static RawContender beside(DaemonProcess daemon, SocketKind kind, Work work)
            throws IOException {
        return saving(daemon, kind, work, Durability.DAEMON_DEFAULT);
    }

    /** As {@link #beside}, its saves at some level. */
    static RawContender saving(
            DaemonProcess daemon, SocketKind kind, Work work, Durability durability)
            throws IOException {
        RawContender contender = new RawContender(daemon, kind, work, durability);
        try {
            contender.connect();
            return contender;
        } catch (IOException e) {
            contender.close();
            throw e;
        }
    }

    private void connect() throws IOException {
        byte[] content = work.content();
        SocketAddress address = kind.parse(daemon.uri().replaceFirst("pram://.*:|.*://", ""));
        for (int i = 0; i < work.connections(); i++) {
            RawConnection one = RawConnection.open(kind, address, content, durability);
            connections.add(one);
            streams.add(new RawStreams(one, work.depth(), work.nodeBytes()));
        }
        lastUsed = System.nanoTime();
    }

    private void disconnect() throws IOException {
        for (RawConnection each : connections) {
            each.close();
        }
        connections.clear();
        streams.clear();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public long serverPid() {
        return daemon.pid();
    }

    /** Others have their turns meanwhile, for so long that the daemon may have hung up. */
    @Override
    public void prepare(Verb verb) throws IOException {
        if (System.nanoTime() - lastUsed > SILENCE_NANOS_MAX) {
            disconnect();
            connect();
        }
    }

    @Override
    public Job job(Verb verb) {
        return () -> Job.Outcome.of(run(verb));
    }

    private long[] run(Verb verb) throws ExecutionException, InterruptedException, IOException {
        long[] latencies = new long[work.nodes()];
        int batches = (work.nodes() + work.depth() - 1) / work.depth();
        callers.make(
                batches,
                (caller, batch) -> {
                    int from = batch * work.depth();
                    int to = Math.min(work.nodes(), from + work.depth());
                    exchange(streams.get(caller), verb, from, to, latencies);
                });
        for (RawStreams each : streams) {
            each.endPeeks();
        }
        lastUsed = System.nanoTime();
        return latencies;
    }

    private static void exchange(RawStreams one, Verb verb, int from, int to, long[] latencies)
            throws IOException {
        long begin = System.nanoTime();
        RawStreams.Done done = number -> latencies[from + number] = System.nanoTime() - begin;
        switch (verb) {
            case SAVE -> one.save(PREFIX, from, to, done);
            case PEEK -> one.peek(PREFIX, from, to, done);
            case LOAD -> one.load(PREFIX, from, to, done);
        }
    }

    @Override
    public void close() throws IOException {
        callers.close();
        disconnect();
    }
}
