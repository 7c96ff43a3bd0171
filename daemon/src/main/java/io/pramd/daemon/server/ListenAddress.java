package io.pramd.daemon.server;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * Immutable: where a server listens, {@code pram://host:port}, {@code prams://host:port} or {@code
 * pram+unix:///path}.
 */
public sealed interface ListenAddress {
    /** The port of {@code pram://host} without one. */
    int DEFAULT_PORT = 7726;

    /** The port of {@code prams://host} without one. */
    int DEFAULT_TLS_PORT = 7727;

    /** Whether only this machine can connect. */
    boolean isLocal();

    /** Whether what is said there is encrypted. */
    boolean isTls();

    /** As a client names it. */
    @Override
    String toString();

    /**
     * Reads a URI. Host names are resolved.
     *
     * @throws IllegalArgumentException with a text for the user: another scheme, a part that does
     *     not belong, an unknown host, a path too long for a socket
     */
    static ListenAddress parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw refused(text, e.getReason());
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme();
        return switch (scheme) {
            case "pram" -> Tcp.of(text, uri, false);
            case "prams" -> Tcp.of(text, uri, true);
            case "pram+unix" -> Unix.of(text, uri);
            default ->
                    throw refused(
                            text,
                            "expected pram://host:port, prams://host:port or pram+unix:///path");
        };
    }

    /**
     * Whether no two of them would be listened on at one place; ports that the kernel chooses are
     * different ones.
     *
     * @throws IllegalArgumentException with a text for the user
     */
    static void requireDistinct(List<ListenAddress> all) {
        for (int i = 0; i < all.size(); i++) {
            for (int j = i + 1; j < all.size(); j++) {
                if (all.get(i).collidesWith(all.get(j))) {
                    throw new IllegalArgumentException(
                            "two listeners at one place: " + all.get(i) + " and " + all.get(j));
                }
            }
        }
    }

    private boolean collidesWith(ListenAddress other) {
        return this instanceof Tcp one && other instanceof Tcp two
                ? one.isAtOnePlaceWith(two)
                : equals(other);
    }

    private static IllegalArgumentException refused(String text, String why) {
        return new IllegalArgumentException("listener " + text + ": " + why);
    }

    /**
     * Immutable: a TCP port.
     *
     * @param socket resolved; port 0 lets the kernel choose
     */
    record Tcp(InetSocketAddress socket, boolean isTls) implements ListenAddress {
        private static Tcp of(String text, URI uri, boolean isTls) {
            boolean bare = uri.getPath() == null || uri.getPath().isEmpty();
            if (uri.getHost() == null
                    || !bare
                    || uri.getUserInfo() != null
                    || uri.getQuery() != null
                    || uri.getFragment() != null) {
                throw refused(text, "expected " + scheme(isTls) + "host:port and nothing else");
            }
            int unnamed = isTls ? DEFAULT_TLS_PORT : DEFAULT_PORT;
            int port = uri.getPort() == -1 ? unnamed : uri.getPort();
            if (port > 0xffff) {
                throw refused(text, "port=" + port + " max=65535");
            }
            try {
                InetAddress host = InetAddress.getByName(uri.getHost());
                return new Tcp(new InetSocketAddress(host, port), isTls);
            } catch (UnknownHostException e) {
                throw refused(text, "unknown host " + uri.getHost());
            }
        }

        private boolean isAtOnePlaceWith(Tcp other) {
            return socket.getPort() != 0
                    && socket.getPort() == other.socket.getPort()
                    && (socket.getAddress().equals(other.socket.getAddress())
                            || takesAllOf(other)
                            || other.takesAllOf(this));
        }

        /** All interfaces of its version of IP; that of the sixth takes the fourth as well. */
        private boolean takesAllOf(Tcp other) {
            InetAddress host = socket.getAddress();
            return host.isAnyLocalAddress()
                    && (host instanceof Inet6Address
                            || other.socket.getAddress() instanceof Inet4Address);
        }

        private static String scheme(boolean isTls) {
            return isTls ? "prams://" : "pram://";
        }

        @Override
        public boolean isLocal() {
            return socket.getAddress().isLoopbackAddress();
        }

        @Override
        public String toString() {
            InetAddress address = socket.getAddress();
            String host = address.getHostAddress();
            return scheme(isTls)
                    + (address instanceof Inet6Address ? "[" + host + "]" : host)
                    + ":"
                    + socket.getPort();
        }
    }

    /** Immutable: a Unix domain socket at an absolute path. */
    record Unix(Path path) implements ListenAddress {
        private static Unix of(String text, URI uri) {
            boolean bare =
                    uri.getAuthority() == null
                            && uri.getQuery() == null
                            && uri.getFragment() == null;
            if (!bare || uri.getPath() == null || !uri.getPath().matches("(?s)/.+")) {
                throw refused(text, "expected pram+unix:///path");
            }
            int bytes = uri.getPath().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > UnixSocketFile.PATH_BYTES_MAX) {
                throw refused(
                        text,
                        "path is too long for a socket: bytes="
                                + bytes
                                + " max="
                                + UnixSocketFile.PATH_BYTES_MAX);
            }
            try {
                return new Unix(Path.of(uri.getPath()).normalize());
            } catch (InvalidPathException e) {
                throw refused(text, e.getReason());
            }
        }

        @Override
        public boolean isLocal() {
            return true;
        }

        @Override
        public boolean isTls() {
            return false;
        }

        /** As a URI again: a blank in the path is not one in the text. */
        @Override
        public String toString() {
            try {
                return "pram+unix://" + new URI(null, null, path.toString(), null).getRawPath();
            } catch (URISyntaxException e) {
                throw new IllegalStateException("an absolute path is always one of a URI", e);
            }
        }
    }
}
