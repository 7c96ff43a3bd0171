package io.pramd.client;

/** Immutable: the daemon was asked and its answer was lost. It may have happened. */
public final class OutcomeUnknownException extends PramException {
    private static final long serialVersionUID = 1L;

    OutcomeUnknownException(String text, Throwable cause) {
        super(text, cause);
    }
}
