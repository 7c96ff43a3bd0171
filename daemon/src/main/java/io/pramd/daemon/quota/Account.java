package io.pramd.daemon.quota;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;

/** One owner: guarded by the {@link Quotas}. What one principal or one prefix uses and may use. */
final class Account {
    private final String whose;
    private QuotaLimits limits;
    private boolean isCounting;
    private long pages;
    private long nodes;
    private long streams;

    /** Groups that charge it. */
    private int groups;

    /**
     * @param whose in words, for who is refused
     * @param isCounting whether there may be nodes that it does not know of yet
     */
    Account(String whose, QuotaLimits limits, boolean isCounting) {
        this.whose = whose;
        this.limits = limits;
        this.isCounting = isCounting;
    }

    void limits(QuotaLimits newLimits) {
        limits = newLimits;
    }

    QuotaLimits limits() {
        return limits;
    }

    boolean isCounting() {
        return isCounting;
    }

    void counted() {
        isCounting = false;
    }

    void joined() {
        groups++;
    }

    /** Answers whether no group charges it any more. */
    boolean left() {
        groups--;
        return groups == 0;
    }

    void add(long morePages, long moreNodes, long moreStreams) {
        pages += morePages;
        nodes += moreNodes;
        streams += moreStreams;
    }

    Usage usage() {
        return new Usage(bytes(pages), nodes, streams);
    }

    private static long bytes(long pages) {
        return pages * FileLayout.FRAME_BYTES;
    }

    void requireStreams(long more) {
        require("streams", limits.streams(), streams, more);
    }

    void requireNodes(long more) {
        require("nodes", limits.nodes(), nodes, more);
    }

    void requirePages(long more) {
        require("bytes", limits.bytes(), bytes(pages), bytes(more));
    }

    void requireNodeOf(long nodePages) {
        require("largest", limits.largestNode(), 0, bytes(nodePages));
    }

    /** As if a node with so many pages, which is counted already, were asked for now. */
    void requireHeld(long heldPages) {
        require("bytes", limits.bytes(), bytes(pages - heldPages), bytes(heldPages));
        require("nodes", limits.nodes(), nodes - 1, 1);
        requireNodeOf(heldPages);
    }

    private void require(String what, long limit, long used, long asked) {
        if (!isCounting && asked > limit - used) {
            throw StoreException.of(
                    Errno.EDQUOT,
                    "over the quota: whose="
                            + whose
                            + " what="
                            + what
                            + " limit="
                            + limit
                            + " used="
                            + used
                            + " asked="
                            + asked);
        }
    }
}
