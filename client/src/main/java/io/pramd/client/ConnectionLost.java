package io.pramd.client;

/**
 * Immutable: why a connection ended. Never reaches a caller: each call turns it into the answer
 * that fits what it had asked.
 */
final class ConnectionLost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean ownDoing;

    ConnectionLost(String text, Throwable cause) {
        this(text, cause, false);
    }

    private ConnectionLost(String text, Throwable cause, boolean ownDoing) {
        super(text, cause, false, false);
        this.ownDoing = ownDoing;
    }

    static ConnectionLost closedHere() {
        return new ConnectionLost("closed by this client", null, true);
    }

    /** Whether this client closed it. */
    boolean isOwnDoing() {
        return ownDoing;
    }
}
