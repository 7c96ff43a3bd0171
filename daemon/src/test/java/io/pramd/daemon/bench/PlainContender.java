package io.pramd.daemon.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One owner. What a socket needs and nothing else: the plain server, and blocking connections. */
final class PlainContender implements Contender {
    /** Of a message without page data: what is sent in its place. */
    private static final int SMALL_BYTES = 64;

    private final PlainPeer peer;
    private final Work work;
    private final Callers callers;
    private final List<PlainConnection> connections = new ArrayList<>();

    private PlainContender(PlainPeer peer, Work work) {
        this.peer = peer;
        this.work = work;
        callers = new Callers(work.connections());
    }

    /** To a peer that runs, and goes on when this is closed. */
    static PlainContender connect(PlainPeer peer, SocketKind kind, Work work) throws IOException {
        PlainContender contender = new PlainContender(peer, work);
        for (int i = 0; i < work.connections(); i++) {
            contender.connections.add(peer.connect(kind));
        }
        return contender;
    }

    @Override
    public String name() {
        return "plain socket";
    }

    @Override
    public long serverPid() {
        return peer.pid();
    }

    @Override
    public Job job(Verb verb) {
        long out = verb == Verb.SAVE ? work.nodeBytes() : SMALL_BYTES;
        long in = verb == Verb.SAVE ? SMALL_BYTES : work.nodeBytes();
        return () ->
                Job.Outcome.of(
                        callers.make(
                                work.nodes(),
                                (caller, index) -> connections.get(caller).exchange(out, in)));
    }

    @Override
    public void close() throws IOException {
        callers.close();
        for (PlainConnection each : connections) {
            each.close();
        }
    }
}
