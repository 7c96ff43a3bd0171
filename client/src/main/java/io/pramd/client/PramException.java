package io.pramd.client;

import io.pramd.protocol.Errno;

/**
 * Immutable: a call failed. Its class says whether what was asked for has happened: {@link
 * RejectedException} and {@link NotSentException} no, {@link OutcomeUnknownException} perhaps.
 */
public abstract sealed class PramException extends RuntimeException
        permits RejectedException, NotSentException, OutcomeUnknownException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;

    PramException(Errno errno, String text, Throwable cause) {
        super(text, cause);
        this.errno = errno;
    }

    /** The error's name, the same from the store to the command's exit code. */
    public final Errno errno() {
        return errno;
    }
}
