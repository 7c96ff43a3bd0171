package io.pramd.client;

/**
 * Immutable: why a connection ended. Never reaches a caller: each call turns it into the answer
 * that fits what it had asked.
 */
final class ConnectionLost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConnectionLost(String text, Throwable cause) {
        super(text, cause, false, false);
    }
}
