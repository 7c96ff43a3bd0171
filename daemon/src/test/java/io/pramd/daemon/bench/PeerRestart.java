package io.pramd.daemon.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** One owner. A server of others on a Unix socket that starts again with what it has kept. */
final class PeerRestart implements Restartable {
    private static final long POLL_NANOS = 1_000_000; // leaves the cores to what starts

    /** memcached counts seconds, and forgets all if it starts in the one in which it ended. */
    private static final long CLOCK_MILLIS = 1_100;

    private static final String FIRST = "first";

    private final Way way;
    private final Work work;
    private final Path folder;
    private PeerServer server;
    private WireConnection connection;

    PeerRestart(Way way, Work work, Path folder) {
        this.way = way;
        this.work = work;
        this.folder = folder;
    }

    /** Immutable. How a kind of server keeps what it has over its end. */
    interface Way {
        PeerServer start(Path folder, Work work) throws IOException;

        /** Once, when all is stored. */
        void keep(WireConnection connection) throws IOException;

        void end(PeerProcess process) throws IOException;
    }

    /** A {@code SAVE} to an RDB file, which it loads at its start; ended by SIGKILL. */
    static Way redis(Path program) {
        return new Way() {
            @Override
            public PeerServer start(Path folder, Work work) throws IOException {
                return PeerServer.redis(program, folder, SocketKind.UNIX);
            }

            @Override
            public void keep(WireConnection connection) throws IOException {
                connection.put("*1\r\n$4\r\nSAVE\r\n");
                connection.flush();
                connection.expect("+OK");
            }

            @Override
            public void end(PeerProcess process) {
                process.kill();
            }
        };
    }

    /** A mapped file of items ({@code -e}), which is only of use after a clean stop. */
    static Way memcached(Path program) {
        return new Way() {
            @Override
            public PeerServer start(Path folder, Work work) throws IOException {
                return PeerServer.memcached(
                        program,
                        folder,
                        SocketKind.UNIX,
                        work,
                        List.of("-e", folder.resolve("items").toString()));
            }

            @Override
            public void keep(WireConnection connection) {
                // the file holds all items anyway
            }

            @Override
            public void end(PeerProcess process) throws IOException {
                process.end("USR1");
                long next = System.currentTimeMillis() + CLOCK_MILLIS;
                while (System.currentTimeMillis() < next) {
                    LockSupport.parkNanos(POLL_NANOS);
                }
            }
        };
    }

    @Override
    public String name() {
        return server.name();
    }

    @Override
    public void fill() throws Exception {
        start();
        Contender filler = WireContender.beside(server, work);
        filler.job(Verb.SAVE).run();
        filler.close();
        connect();
        way.keep(connection);
    }

    @Override
    public void end() throws IOException {
        connection.close();
        way.end(server.process());
    }

    @Override
    public void start() throws IOException {
        server = way.start(folder, work);
    }

    private void connect() throws IOException {
        connection = WireConnection.open(server.kind(), server.address(), work.content());
    }

    @Override
    public void readFirstByte(int node) throws IOException {
        connect();
        WireProtocol protocol = server.protocol();
        protocol.fetch(connection, Work.name(node));
        connection.flush();
        while (connection.skipLine(protocol.loading())) {
            LockSupport.parkNanos(POLL_NANOS);
            protocol.fetch(connection, Work.name(node));
            connection.flush();
        }
        protocol.awaitFetched(connection, work.nodeBytes());
    }

    @Override
    public void saveFirst() throws IOException {
        server.protocol().save(connection, FIRST, 1);
        connection.flush();
        server.protocol().awaitSaved(connection);
    }

    @Override
    public long serverPid() {
        return server.process().pid();
    }

    @Override
    public void close() throws IOException {
        if (connection != null) {
            connection.close();
        }
        if (server != null) {
            server.process().kill();
        }
        BenchFolder.deleteRecursively(folder);
    }
}
