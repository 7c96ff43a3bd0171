package io.pramd.client;

/**
 * Immutable: the daemon was not asked, or the connection ended before it was asked to change
 * anything. It did not happen: a save is discarded, a node being loaded is READY again.
 */
public final class NotSentException extends PramException {
    private static final long serialVersionUID = 1L;

    private final boolean noProgress;

    NotSentException(String text, boolean noProgress, Throwable cause) {
        super(text, cause);
        this.noProgress = noProgress;
    }

    /** Whether the daemon was connected and gave no sign for as long as the client waits. */
    public boolean isNoProgress() {
        return noProgress;
    }
}
