package io.pramd.client.testing;

/**
 * Immutable: a daemon could not be found, started or stopped. The text ends with what it logged
 * last, where it has logged anything.
 */
public final class PramdProcessException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PramdProcessException(String text) {
        super(text);
    }

    PramdProcessException(String text, Throwable cause) {
        super(text, cause);
    }
}
