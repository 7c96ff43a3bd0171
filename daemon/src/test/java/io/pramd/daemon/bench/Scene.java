package io.pramd.daemon.bench;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;

/**
 * One owner. What is measured: a daemon with an empty memory file, and a plain peer beside it, on
 * the same kind of socket. Each is a process of its own; this process is the client of both.
 */
final class Scene implements AutoCloseable {
    private final SocketKind kind;
    private final PlainPeer peer;
    private final DaemonProcess daemon;
    private final PramClient client;

    private Scene(SocketKind kind, PlainPeer peer, DaemonProcess daemon, PramClient client) {
        this.kind = kind;
        this.peer = peer;
        this.daemon = daemon;
        this.client = client;
    }

    static Scene open(Stage stage, SocketKind kind, long mebibytes) {
        DaemonProcess daemon =
                stage.startDaemon("memory", mebibytes, kind.daemonUri(stage.folder()));
        try {
            PramClient client = PramClient.connect(daemon.uri());
            return new Scene(kind, stage.peer(), daemon, client);
        } catch (RuntimeException e) {
            daemon.close();
            throw e;
        }
    }

    long daemonPid() {
        return daemon.pid();
    }

    long plainPid() {
        return peer.pid();
    }

    PramClient client() {
        return client;
    }

    PlainConnection connectPlain() throws IOException {
        return peer.connect(kind);
    }

    @Override
    public void close() {
        client.close();
        daemon.close();
    }
}
