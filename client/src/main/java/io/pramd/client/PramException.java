package io.pramd.client;

/** Immutable: a call failed. Its class says whether what was asked for has happened. */
public abstract sealed class PramException extends RuntimeException
        permits RejectedException, NotSentException, OutcomeUnknownException {
    private static final long serialVersionUID = 1L;

    PramException(String text, Throwable cause) {
        super(text, cause);
    }
}
