package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;

/**
 * Thread-safe. Keeps one root as it is for a backup, however long that takes. Savers that find no
 * frame meanwhile are refused; a change that frees frames never is: the backup gives way to it.
 */
final class Keeping {
    private final Reclaimer reclaimer;
    private KeptRoot kept; // null: no backup is under way

    Keeping(Reclaimer reclaimer) {
        this.reclaimer = reclaimer;
    }

    /**
     * Keeps the root in force until it is closed, or gives way.
     *
     * @throws StoreException EBUSY while another one is kept
     */
    synchronized KeptRoot keep() {
        if (kept != null) {
            throw StoreException.of(
                    Errno.EBUSY, "a backup is under way: root=" + kept.root().sequence());
        }
        kept = new KeptRoot(reclaimer.watchUnawaited(), this::end);
        return kept;
    }

    synchronized boolean isUnderWay() {
        return kept != null;
    }

    private void end(KeptRoot ended) {
        synchronized (this) {
            if (kept != ended) {
                return;
            }
            kept = null;
            reclaimer.awaitUnwatched(); // in this step: whoever finds no backup waits for its end
        }
        ended.unwatch();
    }

    /** Ends the backup under way, if that frees anything; answers whether it has. */
    boolean giveWay() {
        KeptRoot ended;
        synchronized (this) {
            ended = kept;
            if (ended == null || !reclaimer.isHeldByWatch()) {
                return false;
            }
            ended.giveWay();
        }
        end(ended);
        return true;
    }
}
