package io.pramd.daemon.node;

/**
 * One owner: guarded by the {@link Reclaimer}'s monitor. Since when something is committed that no
 * forced root reaches. Two marks are enough: of what the force under way takes along, and of what
 * came behind its beginning.
 */
final class UnforcedAge {
    private boolean isForcing;
    private long forcingSince;
    private boolean isWaiting;
    private long waitingSince;

    /** A root came into force that no forced one reaches. */
    void committed() {
        if (!isWaiting) {
            isWaiting = true;
            waitingSince = System.nanoTime();
        }
    }

    /** The newest root is about to be forced; an older one may have been, in vain. */
    void forceBegins() {
        if (isWaiting && !isForcing) {
            isForcing = true;
            forcingSince = waitingSince;
        }
        isWaiting = false;
    }

    /** The root of the last beginning is forced. */
    void forced() {
        isForcing = false;
    }

    /** 0: there is nothing. */
    long nanos() {
        if (!isForcing && !isWaiting) {
            return 0;
        }
        return Math.max(1, System.nanoTime() - (isForcing ? forcingSince : waitingSince));
    }
}
