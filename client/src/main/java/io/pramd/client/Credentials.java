package io.pramd.client;

import io.netty.handler.ssl.SslContext;
import io.pramd.protocol.Hello;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Thread-safe: whom one client trusts and who it says it is, as its files have it now. */
final class Credentials {
    private final PramUri daemon;
    private final TlsContexts tls; // null: not inside TLS
    private final Token token; // null: none

    /**
     * @throws IllegalArgumentException that names a file that is missing or wrong
     */
    Credentials(PramUri daemon, PramConfig config) {
        this.daemon = daemon;
        tls = daemon.isTls() ? new TlsContexts(config.tls()) : null;
        token = config.token();
        if (tls != null) {
            tls.current();
        }
        if (token != null) {
            token.bytes();
        }
    }

    boolean hasCertificate() {
        return tls != null && tls.hasCertificate();
    }

    /** Null: not inside TLS. */
    SslContext tls() {
        return tls == null ? null : tls.current();
    }

    /** Who the client says it is. */
    Hello hello(String agent) {
        Hello hello = Hello.of(agent);
        return token == null ? hello : hello.withToken(token.bytes());
    }

    /**
     * Before anything is sent.
     *
     * @param address of the daemon; null for one that has just been lost
     * @throws RejectedException EINVAL, if others could read a token on the way there
     */
    void requireSecrecy(SocketAddress address) {
        boolean isReadByOthers =
                address instanceof InetSocketAddress tcp
                        && !tcp.isUnresolved()
                        && !tcp.getAddress().isLoopbackAddress();
        if (token != null && tls == null && isReadByOthers) {
            throw RejectedException.invalid(
                    "a token is sent inside TLS, over a Unix socket or on this machine only, use"
                            + " prams://: server="
                            + daemon);
        }
    }
}
