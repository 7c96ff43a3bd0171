package io.pramd.client;

/** Immutable: what a request may have done when its answer is lost. */
enum Effect {
    /** Nothing that stays. */
    NONE,
    /** Perhaps what it asked for. */
    CHANGE;

    PramException lost(String what, Throwable cause) {
        String text = what + ": " + cause.getMessage();
        return this == NONE
                ? new NotSentException(text, false, cause)
                : new OutcomeUnknownException(text, cause);
    }

    PramException noProgress(String what, long seconds) {
        String text = what + ": no progress for " + seconds + " s";
        return this == NONE
                ? new NotSentException(text, true, null)
                : new OutcomeUnknownException(text, null);
    }
}
