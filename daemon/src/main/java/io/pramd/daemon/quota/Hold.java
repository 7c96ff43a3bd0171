package io.pramd.daemon.quota;

import io.pramd.daemon.memory.StoreException;

/** Thread-safe. What one open save, or one open load, is charged. */
public final class Hold {
    private final Quotas quotas;
    final String owner;
    final String name;
    final int nodes;

    // guarded by the quotas
    Group group;
    long pages;
    boolean isOver;

    /**
     * @param nodes 1 of a save, 0 of a load
     */
    Hold(Quotas quotas, String owner, String name, int nodes) {
        this.quotas = quotas;
        this.owner = owner;
        this.name = name;
        this.nodes = nodes;
    }

    /**
     * Takes room for pages that arrive.
     *
     * @throws StoreException EDQUOT: nothing was taken
     */
    public void reserve(long morePages) {
        quotas.reserve(this, morePages);
    }

    /**
     * Whether all that is held is within the limits as they are now.
     *
     * @throws StoreException EDQUOT
     */
    public void requireWithinLimits() {
        quotas.requireWithinLimits(this);
    }

    /** The pages are free again; the stream is still open. */
    public void releasePages() {
        quotas.releasePages(this);
    }

    /** The stream is over. May be called again. */
    public void release() {
        quotas.release(this);
    }

    /** The saved node is there in place of the stream; answers its ticket. */
    public long publish() {
        return quotas.publish(this);
    }
}
