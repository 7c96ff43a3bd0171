package io.pramd.client;

import io.pramd.protocol.Errno;

/**
 * Immutable: the daemon was not asked, or the connection ended before it was asked to change
 * anything. It did not happen: a save is discarded, a node being loaded is READY again.
 *
 * <p>{@link #errno()} is ETIMEDOUT when a time ran out, EBADF when the client is closed, EACCES
 * when there is no TLS that both sides trust, EAGAIN otherwise: trying later may help.
 */
public final class NotSentException extends PramException {
    private static final long serialVersionUID = 1L;

    /** Immutable: why. */
    enum Reason {
        /** No connection could be made. */
        NO_CONNECTION,
        /** Connected, and not greeted in time; or the deadline has passed before that. */
        UNGREETED,
        /** There is no TLS that both sides trust: another attempt finds the same. */
        UNTRUSTED,
        /** There is no connection any more: the daemon may have begun what it cannot finish. */
        LOST,
        /** The daemon has gone away, and does nothing of what it has not answered. */
        UNHEARD,
        /** The daemon has said that the save is not done and never will be. */
        NOT_DONE,
        /** The daemon gave no sign for too long, or the deadline has passed. */
        TIMED_OUT,
        /** The waiting thread was interrupted. */
        INTERRUPTED,
        /** The client is closed. */
        CLOSED
    }

    private final Reason reason;

    NotSentException(String text, Reason reason, Throwable cause) {
        super(errno(reason), text, cause);
        this.reason = reason;
    }

    private static Errno errno(Reason reason) {
        return switch (reason) {
            case TIMED_OUT, UNGREETED -> Errno.ETIMEDOUT;
            case CLOSED -> Errno.EBADF;
            case UNTRUSTED -> Errno.EACCES;
            default -> Errno.EAGAIN;
        };
    }

    static NotSentException notDone(Call call, OutcomeUnknownException lost) {
        return new NotSentException(
                call + ": not done, and it never will be: save it again, under a new save id",
                Reason.NOT_DONE,
                lost);
    }

    /** Whether the daemon was there and gave no sign for as long as the call may wait. */
    public boolean isNoProgress() {
        return reason == Reason.TIMED_OUT || reason == Reason.UNGREETED;
    }

    /**
     * Whether this side and the daemon do not trust each other's certificates, or do not both speak
     * TLS: until one of them is changed no attempt will succeed.
     */
    public boolean isUntrusted() {
        return reason == Reason.UNTRUSTED;
    }

    /** Whether another attempt may find the daemon. */
    boolean isRepeatable() {
        return switch (reason) {
            case NO_CONNECTION, UNGREETED, LOST, UNHEARD -> true;
            case UNTRUSTED, NOT_DONE, TIMED_OUT, INTERRUPTED, CLOSED -> false;
        };
    }

    /** Whether the daemon has gone away, and its successor may be asked for the same. */
    boolean isUnheard() {
        return reason == Reason.UNHEARD;
    }

    /** Whether the daemon may not have noticed yet, and hold what was begun. */
    boolean isLostUnderWay() {
        return reason == Reason.LOST;
    }

    /** Whether the end of its connection has ended it: once more, on another, it may go well. */
    boolean isCut() {
        return reason == Reason.LOST || reason == Reason.UNHEARD || reason == Reason.NOT_DONE;
    }

    /** Whether the save's id is spent: it can be saved again under a new one only. */
    boolean isNotDone() {
        return reason == Reason.NOT_DONE;
    }
}
