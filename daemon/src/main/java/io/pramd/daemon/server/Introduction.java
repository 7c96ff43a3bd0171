package io.pramd.daemon.server;

import io.netty.channel.Channel;
import io.pramd.daemon.access.Access;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.Hello;
import io.pramd.protocol.MessageType;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Event loop only: finds out whose a new connection is. */
final class Introduction {
    private static final String VERB = "hello";

    private final Channel channel;
    private final ListenAddress listener;
    private final Peer peer;
    private final Sessions sessions;
    private final Metering metering;
    private final Caller stranger;
    private final long begin;
    private final long number;

    Introduction(
            Channel channel, ListenAddress listener, Peer peer, Sessions sessions, long number) {
        this.channel = channel;
        this.listener = listener;
        this.peer = peer;
        this.sessions = sessions;
        this.metering = sessions.metering();
        this.number = number;
        this.begin = metering.begin();
        String address = Profile.address(channel, listener);
        this.stranger =
                new Caller(metering, sessions.audit(), new AuditLog.Doer(number, address, "", ""));
    }

    /** Why nobody need be asked; empty when the greeting is welcome as far as it may be whose. */
    Optional<ErrorReply> refusal(long id, Hello hello) {
        Optional<ErrorReply> refusal = Greeting.refusal(id, hello, sessions.access().isPresent());
        if (refusal.isEmpty() && listener.isTls() && Credentials.isOutOfTime(channel)) {
            refusal =
                    Optional.of(
                            ErrorReply.of(
                                    Errno.EACCES, MessageType.HELLO, "certificate is out of time"));
        }
        refusal.ifPresent(reply -> metering.took(VERB, reply.errno().name(), 0));
        return refusal;
    }

    /** Where nobody is asked. */
    Caller anybody() {
        metering.answered(VERB, begin);
        stranger.came(RequestMeter.OK);
        return stranger;
    }

    /**
     * Asks for the greeting's token, or what the transport says.
     *
     * @param then gets who it is or why it is nobody; perhaps at once
     */
    void ask(Access access, Hello hello, BiConsumer<Caller, Throwable> then) {
        peer.ask(
                () -> access.authenticate(Credentials.of(channel, listener, hello), number),
                (identity, failure) -> {
                    metering.answered(VERB, begin, failure);
                    if (failure != null) {
                        if (sessions.audit().mayWriteRefusal()) {
                            stranger.came(Metering.result(failure));
                        }
                        then.accept(null, failure);
                        return;
                    }
                    Caller known = stranger.known(access, identity);
                    known.came(RequestMeter.OK);
                    then.accept(known, null);
                });
    }
}
