package io.pramd.client;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Immutable: where a daemon listens: {@code pram://host:port}, {@code prams://host:port} for the
 * same inside TLS, or {@code pram+unix:///path}.
 *
 * @param host name or address; null for a Unix domain socket
 * @param port TCP port; 0 for a Unix domain socket
 * @param path of the socket file; null for TCP
 * @param isTls whether the protocol is spoken inside TLS
 */
public record PramUri(String host, int port, String path, boolean isTls) {
    /** The port of a pram URI that names none. */
    public static final int DEFAULT_PORT = 7726;

    /** The port of a prams URI that names none. */
    public static final int DEFAULT_TLS_PORT = 7727;

    /** Where a daemon listens unless told otherwise. */
    public static final String DEFAULT = "pram://127.0.0.1:" + DEFAULT_PORT;

    private static final String TCP_SCHEME = "pram";
    private static final String TLS_SCHEME = "prams";
    private static final String UNIX_SCHEME = "pram+unix";

    /** Without TLS. */
    public PramUri(String host, int port, String path) {
        this(host, port, path, false);
    }

    /**
     * @throws IllegalArgumentException that names the fault
     */
    public static PramUri parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw invalid(text, e.getReason());
        }
        if (TCP_SCHEME.equals(uri.getScheme()) || TLS_SCHEME.equals(uri.getScheme())) {
            return parseTcp(text, uri, TLS_SCHEME.equals(uri.getScheme()));
        }
        if (UNIX_SCHEME.equals(uri.getScheme())) {
            return parseUnix(text, uri);
        }
        throw invalid(text, "the scheme is none of pram, prams, pram+unix");
    }

    /** Whether it is a Unix domain socket. */
    public boolean isUnix() {
        return path != null;
    }

    /** As it can be parsed again. */
    @Override
    public String toString() {
        return isUnix()
                ? UNIX_SCHEME + "://" + escaped(path)
                : (isTls ? TLS_SCHEME : TCP_SCHEME) + "://" + host + ":" + port;
    }

    private static String escaped(String path) {
        try {
            return new URI(null, null, path, null).getRawPath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("an absolute path is always one of a URI", e);
        }
    }

    private static PramUri parseTcp(String text, URI uri, boolean isTls) {
        if (uri.getHost() == null) {
            throw invalid(text, "the host is missing");
        }
        if (uri.getUserInfo() != null || hasMore(uri) || !isEmptyPath(uri.getPath())) {
            throw invalid(text, "only host and port may be given");
        }
        int defaultPort = isTls ? DEFAULT_TLS_PORT : DEFAULT_PORT;
        int port = uri.getPort() < 0 ? defaultPort : uri.getPort();
        if (port == 0 || port > 65535) {
            throw invalid(text, "the port is not between 1 and 65535");
        }
        return new PramUri(uri.getHost(), port, null, isTls);
    }

    private static PramUri parseUnix(String text, URI uri) {
        if (uri.getAuthority() != null || hasMore(uri) || isEmptyPath(uri.getPath())) {
            throw invalid(text, "the form is pram+unix:///path");
        }
        return new PramUri(null, 0, uri.getPath(), false);
    }

    private static boolean hasMore(URI uri) {
        return uri.getQuery() != null || uri.getFragment() != null;
    }

    private static boolean isEmptyPath(String path) {
        return path == null || path.isEmpty() || path.equals("/");
    }

    /** Without what stands before an @: it may be a secret that was meant for a URI. */
    private static IllegalArgumentException invalid(String text, String fault) {
        String shown = text.replaceFirst("//[^/]*@", "//...@");
        return new IllegalArgumentException(
                "not a daemon's address: " + shown + " (" + fault + ")");
    }
}
