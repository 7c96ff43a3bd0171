package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;

/** The stream's owner only. Flags and sums of the packet whose pages are arriving. */
final class PacketTable {
    private long[] flagsAndCsums = {};
    private int count;
    private int next;

    /** Whether all pages that were announced have come. */
    boolean isComplete() {
        return next == count;
    }

    /**
     * Another packet follows.
     *
     * @throws StoreException EINVAL when the last one is not complete
     */
    void requireComplete() {
        if (!isComplete()) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "earlier pages are not complete: expected=" + count + " actual=" + next);
        }
    }

    void begin(long[] newFlagsAndCsums, int newCount) {
        flagsAndCsums = newFlagsAndCsums;
        count = newCount;
        next = 0;
    }

    int csum() {
        return (int) (flagsAndCsums[next] >>> Integer.SIZE);
    }

    int flags() {
        return (int) flagsAndCsums[next];
    }

    /** The page has come. */
    void advance() {
        next++;
    }
}
