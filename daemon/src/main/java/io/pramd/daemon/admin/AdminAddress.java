package io.pramd.daemon.admin;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;

/**
 * Immutable: where the admin listener is.
 *
 * @param socket resolved; port 0 lets the kernel choose
 * @param isTls whether HTTPS is spoken there
 */
public record AdminAddress(InetSocketAddress socket, boolean isTls) {
    private static final int PORT_MAX = 0xffff;

    /**
     * Reads {@code HOST:PORT}, {@code http://HOST:PORT} or {@code https://HOST:PORT}. Without a
     * scheme it is HTTP on loopback, and HTTPS everywhere else. Host names are resolved.
     *
     * @throws IllegalArgumentException with a text for the user: another scheme, no port, a part
     *     that does not belong, an unknown host
     */
    public static AdminAddress parse(String text) {
        boolean hasScheme = text.contains("://");
        URI uri;
        try {
            uri = new URI(hasScheme ? text : "any://" + text);
        } catch (URISyntaxException e) {
            throw refused(text, e.getReason());
        }
        String scheme = hasScheme ? uri.getScheme() : "";
        boolean bare = uri.getPath() == null || uri.getPath().matches("/?");
        if (hasScheme && !scheme.equals("http") && !scheme.equals("https")
                || uri.getHost() == null
                || uri.getPort() == -1
                || !bare
                || uri.getUserInfo() != null
                || uri.getQuery() != null
                || uri.getFragment() != null) {
            throw refused(text, "expected HOST:PORT, http://HOST:PORT or https://HOST:PORT");
        }
        if (uri.getPort() > PORT_MAX) {
            throw refused(text, "port=" + uri.getPort() + " max=" + PORT_MAX);
        }
        try {
            InetAddress host = InetAddress.getByName(uri.getHost());
            boolean isTls = hasScheme ? scheme.equals("https") : !host.isLoopbackAddress();
            return new AdminAddress(new InetSocketAddress(host, uri.getPort()), isTls);
        } catch (UnknownHostException e) {
            throw refused(text, "unknown host " + uri.getHost());
        }
    }

    private static IllegalArgumentException refused(String text, String why) {
        return new IllegalArgumentException("admin listener " + text + ": " + why);
    }

    /**
     * Whether this is allowed: this machine alone may look without a token, and nobody from
     * elsewhere may without one, or in plain text.
     *
     * @param hasTls whether there is a certificate to show
     * @param hasRules whether there are tokens of administrators
     * @throws IllegalArgumentException with a text for the user
     */
    public void requireAllowed(boolean hasTls, boolean hasRules) {
        if (isTls && !hasTls) {
            throw refused(
                    toString(),
                    "HTTPS needs a certificate and its key: --tls-cert and" + " --tls-key");
        }
        if (isLocal()) {
            return;
        }
        if (!isTls) {
            throw refused(toString(), "beyond loopback only https:// is served, since tokens pass");
        }
        if (!hasRules) {
            throw refused(
                    toString(),
                    "beyond loopback everybody is asked for an administrator's token: --access and"
                            + " --tokens say who has one");
        }
    }

    /** Whether only this machine can connect. */
    public boolean isLocal() {
        return socket.getAddress().isLoopbackAddress();
    }

    /** The same with another port, the one that the kernel chose. */
    AdminAddress withPort(int port) {
        return new AdminAddress(new InetSocketAddress(socket.getAddress(), port), isTls);
    }

    /** As a browser takes it. */
    @Override
    public String toString() {
        InetAddress address = socket.getAddress();
        String host = address.getHostAddress();
        return (isTls ? "https://" : "http://")
                + (address instanceof Inet6Address ? "[" + host + "]" : host)
                + ":"
                + socket.getPort()
                + "/";
    }
}
