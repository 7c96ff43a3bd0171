package io.pramd.client;

import io.pramd.protocol.Errno;

/** Immutable: what a request may have done when its answer is lost. */
enum Effect {
    /** Nothing that stays. */
    NONE,
    /** Perhaps what it asked for. */
    CHANGE;

    /** The connection is gone, and the answer with it. */
    PramException lost(Call call, Throwable cause) {
        if (cause instanceof ConnectionLost lost && (this == NONE || lost.isUnheard())) {
            return lost.withoutEffect(call);
        }
        String text = call + ": " + cause.getMessage();
        return this == NONE
                ? new NotSentException(text, NotSentException.Reason.LOST, cause)
                : new OutcomeUnknownException(Errno.EIO, text, cause);
    }

    PramException timedOut(String text) {
        return this == NONE
                ? new NotSentException(text, NotSentException.Reason.TIMED_OUT, null)
                : new OutcomeUnknownException(Errno.ETIMEDOUT, text, null);
    }

    /**
     * The thread was interrupted; its flag is set again.
     *
     * @param e what ended its wait; null: it has not waited
     */
    PramException interrupted(Call call, InterruptedException e) {
        Thread.currentThread().interrupt();
        String text = call + ": interrupted";
        return this == NONE
                ? new NotSentException(text, NotSentException.Reason.INTERRUPTED, e)
                : new OutcomeUnknownException(Errno.ETIMEDOUT, text, e);
    }
}
