package io.pramd.daemon.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** One owner. A {@link PlainServer} that runs. */
final class PlainPeer implements AutoCloseable {
    private final Process process;
    private final Map<SocketKind, SocketAddress> addresses = new EnumMap<>(SocketKind.class);

    private PlainPeer(Process process) {
        this.process = process;
    }

    /** Starts it and waits until it listens. */
    static PlainPeer start(Path folder) throws IOException {
        Path classes =
                Path.of(
                        PlainServer.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath());
        PlainPeer peer =
                new PlainPeer(
                        new ProcessBuilder(
                                        System.getProperty("java.home") + "/bin/java",
                                        "-cp",
                                        classes.toString(),
                                        PlainServer.class.getName(),
                                        folder.resolve("plain.socket").toString())
                                .redirectError(ProcessBuilder.Redirect.INHERIT)
                                .start());
        BufferedReader printed = peer.process.inputReader();
        for (SocketKind kind : SocketKind.values()) {
            String line = printed.readLine();
            if (line == null) {
                peer.close();
                throw new IOException("the plain peer did not start");
            }
            peer.addresses.put(kind, kind.parse(line));
        }
        return peer;
    }

    long pid() {
        return process.pid();
    }

    PlainConnection connect(SocketKind kind) throws IOException {
        return PlainConnection.open(kind, addresses.get(kind));
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
