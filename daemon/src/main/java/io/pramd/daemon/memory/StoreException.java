package io.pramd.daemon.memory;

import io.pramd.protocol.Errno;

/**
 * Immutable. What the store answers when it cannot do what was asked: an errno that keeps its name
 * up to the client's exit code, and a text that says what, where, expected and actual.
 */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The page index of an error that concerns no page. */
    public static final long NO_PAGE = -1;

    private final Errno errno;
    private final long pageIndex;
    private final boolean outcomeUnknown;

    private StoreException(Errno errno, String text, long pageIndex, boolean outcomeUnknown) {
        super(text, null, false, true);
        this.errno = errno;
        this.pageIndex = pageIndex;
        this.outcomeUnknown = outcomeUnknown;
    }

    public static StoreException of(Errno errno, String text) {
        return new StoreException(errno, text, NO_PAGE, false);
    }

    /** An error of one page of a stream, counted from 0. */
    public static StoreException ofPage(Errno errno, long pageIndex, String text) {
        return new StoreException(errno, text, pageIndex, false);
    }

    /** The change may be in force or not: a force failed between the two. */
    public static StoreException outcomeUnknown(String text) {
        return new StoreException(Errno.EIO, text, NO_PAGE, true);
    }

    public Errno errno() {
        return errno;
    }

    /** The page of the stream that is concerned, or {@link #NO_PAGE}. */
    public long pageIndex() {
        return pageIndex;
    }

    public boolean isOutcomeUnknown() {
        return outcomeUnknown;
    }
}
