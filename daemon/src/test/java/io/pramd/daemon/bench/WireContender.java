package io.pramd.daemon.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * One owner. A server of others that keeps values by key, and a blocking connection to it for each
 * caller, which sends as many requests at once as the work is deep, and then reads the answers.
 */
final class WireContender implements Contender {
    private final PeerServer server;
    private final WireProtocol protocol;
    private final Work work;
    private final boolean owner;
    private final Callers callers;
    private final List<WireConnection> connections = new ArrayList<>();

    private WireContender(PeerServer server, Work work, boolean owner) {
        this.server = server;
        this.protocol = server.protocol();
        this.work = work;
        this.owner = owner;
        callers = new Callers(work.connections());
    }

    /** To a server that is listening, and which ends with it. */
    static WireContender connect(PeerServer server, Work work) throws IOException {
        return connect(new WireContender(server, work, true));
    }

    /** To a server that goes on when this is closed. */
    static WireContender beside(PeerServer server, Work work) throws IOException {
        return connect(new WireContender(server, work, false));
    }

    private static WireContender connect(WireContender contender) throws IOException {
        PeerServer server = contender.server;
        try {
            byte[] content = contender.work.content();
            for (int i = 0; i < contender.work.connections(); i++) {
                contender.connections.add(
                        WireConnection.open(server.kind(), server.address(), content));
            }
            return contender;
        } catch (IOException e) {
            contender.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return server.name();
    }

    @Override
    public long serverPid() {
        return server.process().pid();
    }

    @Override
    public Job job(Verb verb) {
        return () -> Job.Outcome.of(run(verb == Verb.SAVE));
    }

    private long[] run(boolean save) throws ExecutionException, InterruptedException {
        long[] latencies = new long[work.nodes()];
        int batches = (work.nodes() + work.depth() - 1) / work.depth();
        callers.make(
                batches,
                (caller, batch) -> {
                    int from = batch * work.depth();
                    int to = Math.min(work.nodes(), from + work.depth());
                    exchange(connections.get(caller), save, from, to, latencies);
                });
        return latencies;
    }

    private void exchange(WireConnection one, boolean save, int from, int to, long[] latencies)
            throws IOException {
        long begin = System.nanoTime();
        for (int i = from; i < to; i++) {
            if (save) {
                protocol.save(one, Work.name(i), work.nodeBytes());
            } else {
                protocol.fetch(one, Work.name(i));
            }
        }
        one.flush();
        for (int i = from; i < to; i++) {
            if (save) {
                protocol.awaitSaved(one);
            } else {
                protocol.awaitFetched(one, work.nodeBytes());
            }
            latencies[i] = System.nanoTime() - begin;
        }
    }

    @Override
    public void close() throws IOException {
        callers.close();
        for (WireConnection each : connections) {
            each.close();
        }
        if (owner) {
            server.process().close();
        }
    }
}
