package io.pramd.client;

import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;

/**
 * Immutable: why a connection ended. Never reaches a caller: each call turns it into the answer
 * that fits what it had asked.
 */
final class ConnectionLost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whose doing it was, and whether another connection may do better. */
    private enum Kind {
        /** Another may. */
        BROKEN,
        /** This client has closed it. */
        OWN_DOING,
        /** The client as a whole is closed: there is no other. */
        CLIENT_CLOSED,
        /** The daemon has gone away, and promised to do nothing that it has not answered. */
        UNHEARD,
        /** The daemon does not want this client. */
        REFUSED,
        /** There is no TLS that both sides trust. */
        UNTRUSTED
    }

    private final Kind kind;
    private final transient ErrorReply refusal; // null unless REFUSED

    ConnectionLost(String text, Throwable cause) {
        this(text, cause, Kind.BROKEN, null);
    }

    private ConnectionLost(String text, Throwable cause, Kind kind, ErrorReply refusal) {
        super(text, cause, false, false);
        this.kind = kind;
        this.refusal = refusal;
    }

    static ConnectionLost closedHere() {
        return new ConnectionLost("closed by this client", null, Kind.OWN_DOING, null);
    }

    /** With the client, by the user. */
    static ConnectionLost clientClosed() {
        return new ConnectionLost("the client is closed", null, Kind.CLIENT_CLOSED, null);
    }

    /**
     * The daemon said why and closed it.
     *
     * @param isFinal whether it would say the same to the next one
     */
    static ConnectionLost closedByDaemon(ErrorReply why, boolean isFinal) {
        String text = "closed by the daemon: " + why.errno() + ": " + why.text();
        return new ConnectionLost(text, null, isFinal ? Kind.REFUSED : Kind.BROKEN, why);
    }

    /** The last word of a daemon that had said that it is going away. */
    static ConnectionLost goneAway(ErrorReply lastWord) {
        return new ConnectionLost("gone away: " + lastWord.text(), null, Kind.UNHEARD, null);
    }

    /** A certificate is not what it should be, or one side speaks no TLS. */
    static ConnectionLost untrusted(String text, Throwable cause) {
        return new ConnectionLost(text, cause, Kind.UNTRUSTED, null);
    }

    /** Whether this client closed it. */
    boolean isOwnDoing() {
        return kind == Kind.OWN_DOING || kind == Kind.CLIENT_CLOSED;
    }

    /** Whether the user has closed the client. */
    boolean isEndOfClient() {
        return kind == Kind.CLIENT_CLOSED;
    }

    /** Whether nothing happens, or has happened, of what was not answered. */
    boolean isUnheard() {
        return kind == Kind.UNHEARD;
    }

    /** Whether the daemon had no place, or not any more, and asks to come again. */
    boolean asksToComeAgain() {
        return refusal != null && refusal.errno() == Errno.EAGAIN;
    }

    /** What a call throws that has changed nothing. */
    PramException withoutEffect(Call call) {
        String text = call + ": " + getMessage();
        return switch (kind) {
            case REFUSED ->
                    new RejectedException(
                            refusal.errno(), call + ": closed by the daemon: " + refusal.text());
            case UNHEARD -> new NotSentException(text, NotSentException.Reason.UNHEARD, this);
            case UNTRUSTED -> new NotSentException(text, NotSentException.Reason.UNTRUSTED, this);
            case CLIENT_CLOSED -> new NotSentException(text, NotSentException.Reason.CLOSED, this);
            case BROKEN, OWN_DOING ->
                    new NotSentException(text, NotSentException.Reason.LOST, this);
        };
    }
}
