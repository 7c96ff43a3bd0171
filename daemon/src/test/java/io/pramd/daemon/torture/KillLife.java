package io.pramd.daemon.torture;

import java.util.Random;

/**
 * Immutable. How long a node lives, and when its time is over as far as that is known, in ms since
 * the epoch. The clock is the daemon's, on the same machine.
 *
 * @param ttlMillis 0 for ever
 * @param soonest it is not over before
 * @param latest it is over then; {@link Long#MAX_VALUE} as long as nobody has said that it was
 *     saved
 */
record KillLife(long ttlMillis, long soonest, long latest) {
    static final KillLife FOR_EVER = new KillLife(0, Long.MAX_VALUE, Long.MAX_VALUE);

    private static final int SHORT_MILLIS_MAX = 6000;
    private static final long LONG_MILLIS = 24L * 3600 * 1000;

    /** Of a save that begins now: some are over while the run goes on, some long behind its end. */
    static KillLife random(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> beginning(100 + random.nextInt(SHORT_MILLIS_MAX));
            case 1 -> beginning(50 + random.nextInt(SHORT_MILLIS_MAX / 10));
            case 2 -> beginning(LONG_MILLIS);
            default -> FOR_EVER;
        };
    }

    private static KillLife beginning(long ttlMillis) {
        return new KillLife(ttlMillis, now() + ttlMillis, Long.MAX_VALUE);
    }

    static long now() {
        return System.currentTimeMillis();
    }

    boolean isLimited() {
        return ttlMillis != 0;
    }

    /** The save was acknowledged just now. */
    KillLife saved() {
        return isLimited() ? new KillLife(ttlMillis, soonest, now() + ttlMillis) : this;
    }

    /** Its record says when. */
    KillLife until(long expiryMillis) {
        return isLimited() ? new KillLife(ttlMillis, expiryMillis, expiryMillis) : this;
    }

    /** Whether it may be gone by now. */
    boolean mayBeOver() {
        return isLimited() && now() >= soonest;
    }

    /** Whether nobody may get it who asks from now on. */
    boolean isOver() {
        return isLimited() && now() >= latest;
    }

    /** Whether a record of the node may say so. */
    boolean mayEndAt(long expiryMillis) {
        return isLimited() ? expiryMillis >= soonest && expiryMillis <= latest : expiryMillis == 0;
    }

    /** One word for {@link #parse}. */
    String text() {
        return isLimited() ? ttlMillis + "/" + soonest + "/" + latest : "-";
    }

    static KillLife parse(String text) {
        if (text.equals("-")) {
            return FOR_EVER;
        }
        String[] parts = text.split("/");
        return new KillLife(
                Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }
}
