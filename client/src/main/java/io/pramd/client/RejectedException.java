package io.pramd.client;

import io.pramd.protocol.Errno;
import java.util.OptionalLong;

/** Immutable: the daemon, or a rule that it has too, said no. It did not happen. */
public final class RejectedException extends PramException {
    private static final long serialVersionUID = 1L;

    private final long retryAfterMillis;
    private final long pageIndex;

    RejectedException(Errno errno, String text) {
        this(errno, text, 0, -1);
    }

    RejectedException(Errno errno, String text, long retryAfterMillis, long pageIndex) {
        super(errno, errno + ": " + text, null);
        this.retryAfterMillis = retryAfterMillis;
        this.pageIndex = pageIndex;
    }

    /** Refused with EINVAL on this side, before the daemon was asked. */
    public static RejectedException invalid(String text) {
        return new RejectedException(Errno.EINVAL, text);
    }

    private RejectedException(RejectedException other) {
        super(other.errno(), other.getMessage(), null);
        this.retryAfterMillis = other.retryAfterMillis;
        this.pageIndex = other.pageIndex;
    }

    /** The same, with the stack of the calling thread. */
    RejectedException fromHere() {
        return new RejectedException(this);
    }

    /** When the daemon advises to try again, in milliseconds; 0 without advice. */
    public long retryAfterMillis() {
        return retryAfterMillis;
    }

    /** The page that does not verify, from 0. */
    public OptionalLong pageIndex() {
        return pageIndex < 0 ? OptionalLong.empty() : OptionalLong.of(pageIndex);
    }
}
