package io.pramd.client;

import io.pramd.protocol.Errno;

/**
 * Immutable: the daemon was asked and its answer was lost, or it cannot say itself. It may have
 * happened.
 *
 * <p>{@link #errno()} is the daemon's where it has answered, ETIMEDOUT when a time ran out, EIO
 * when the connection was lost.
 */
public final class OutcomeUnknownException extends PramException {
    private static final long serialVersionUID = 1L;

    OutcomeUnknownException(Errno errno, String text, Throwable cause) {
        super(errno, text, cause);
    }
}
