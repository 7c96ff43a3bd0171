package io.pramd.protocol;

/**
 * Immutable: the feature bits of HELLO and WELCOME. Those that are not {@link #SUPPORTED} are
 * reserved.
 */
public final class Features {
    /** The daemon knows who the client is, and holds it to what that one may do. */
    public static final long AUTHENTICATION = 1L << 0;

    /** The daemon says {@link GoingAway} before its end. */
    public static final long GOING_AWAY = 1L << 1;

    public static final long FORCED_SAVE = 1L << 2;

    /** {@link PrepareSave#ttlMillis()}. */
    public static final long TIME_TO_LIVE = 1L << 3;

    public static final long GROUPS = 1L << 4;
    public static final long RECEIVE_MARK = 1L << 5;

    /** {@link PrepareLoad#salvage()}, answered with {@link BadPages}. */
    public static final long SALVAGE = 1L << 6;

    /** {@link PrepareSave#dates()}. */
    public static final long DATES = 1L << 7;

    /** What this release can do. */
    public static final long SUPPORTED =
            AUTHENTICATION | GOING_AWAY | TIME_TO_LIVE | SALVAGE | DATES;

    private Features() {}
}
