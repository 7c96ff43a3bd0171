package io.pramd.daemon.server;

import io.netty.channel.Channel;
import io.pramd.daemon.access.Access;
import io.pramd.protocol.Hello;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.BiConsumer;

/** Event loop only: finds out whose a new connection is. */
final class Introduction {
    private static final String VERB = "connect";

    private final Channel channel;
    private final ListenAddress listener;
    private final Peer peer;
    private final AuditLog audit;
    private final Caller stranger;

    Introduction(Channel channel, ListenAddress listener, Peer peer, AuditLog audit, long number) {
        this.channel = channel;
        this.listener = listener;
        this.peer = peer;
        this.audit = audit;
        this.stranger = new Caller(audit, doer(number));
    }

    private AuditLog.Doer doer(long number) {
        SocketAddress from = channel.remoteAddress();
        String address =
                from instanceof InetSocketAddress inet
                        ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                        : listener.toString();
        return new AuditLog.Doer(number, address, "", "");
    }

    /** Where nobody is asked. */
    Caller anybody() {
        stranger.begin(VERB, "").ok(0);
        return stranger;
    }

    /**
     * Asks for the greeting's token, or what the transport says.
     *
     * @param then gets who it is or why it is nobody; perhaps at once
     */
    void ask(Access access, Hello hello, BiConsumer<Caller, Throwable> then) {
        peer.ask(
                () -> access.authenticate(Credentials.of(channel, listener, hello)),
                (identity, failure) -> {
                    if (failure != null) {
                        if (audit.mayWriteRefusal()) {
                            stranger.begin(VERB, "").failed(failure);
                        }
                        then.accept(null, failure);
                        return;
                    }
                    Caller known = stranger.known(access, identity);
                    known.begin(VERB, "").ok(0);
                    then.accept(known, null);
                });
    }
}
