package io.pramd.daemon.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Immutable. What the bytes travel over. */
enum SocketKind {
    TCP("TCP") {
        @Override
        String daemonUri(Path folder) {
            return "pram://127.0.0.1:0";
        }

        @Override
        ServerSocketChannel listen(String where) throws IOException {
            return ServerSocketChannel.open()
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }

        @Override
        String printed(ServerSocketChannel server) throws IOException {
            return String.valueOf(((InetSocketAddress) server.getLocalAddress()).getPort());
        }

        @Override
        String free(Path folder) throws IOException {
            return String.valueOf(PeerProcess.freePort());
        }

        @Override
        SocketAddress parse(String printed) {
            return new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), Integer.parseInt(printed));
        }

        @Override
        void prepare(SocketChannel socket) throws IOException {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
    },

    UNIX("Unix socket") {
        @Override
        String daemonUri(Path folder) {
            return "pram+unix://" + folder.resolve("daemon.socket");
        }

        @Override
        ServerSocketChannel listen(String where) throws IOException {
            return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                    .bind(UnixDomainSocketAddress.of(where));
        }

        @Override
        String printed(ServerSocketChannel server) throws IOException {
            return server.getLocalAddress().toString();
        }

        @Override
        String free(Path folder) {
            String path = folder.resolve("s").toString();
            if (path.length() > UNIX_PATH_MAX) {
                throw new IllegalArgumentException("too long for a socket: path=" + path);
            }
            return path;
        }

        @Override
        SocketAddress parse(String printed) {
            return UnixDomainSocketAddress.of(printed);
        }

        @Override
        void prepare(SocketChannel socket) throws IOException {
            socket.setOption(StandardSocketOptions.SO_SNDBUF, UNIX_SEND_BUFFER_BYTES);
        }
    };

    /** What daemon and client set, too. */
    private static final int UNIX_SEND_BUFFER_BYTES = 1 << 20;

    /** Some servers cut off what is longer. */
    private static final int UNIX_PATH_MAX = 107;

    private final String title;

    SocketKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Where a daemon is to listen. */
    abstract String daemonUri(Path folder);

    /** Listens on a free port, or on the file that is named. */
    abstract ServerSocketChannel listen(String where) throws IOException;

    /** Where a server of others may listen; {@link #parse} makes an address of it. */
    abstract String free(Path folder) throws IOException;

    /** What {@link #parse} makes an address of. */
    abstract String printed(ServerSocketChannel server) throws IOException;

    abstract SocketAddress parse(String printed);

    /** Sets what one sets on such a socket to be fast. */
    abstract void prepare(SocketChannel socket) throws IOException;
}
