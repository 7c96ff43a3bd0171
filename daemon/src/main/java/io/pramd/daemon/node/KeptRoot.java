package io.pramd.daemon.node;

import io.pramd.daemon.memory.FrameAllocator;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/**
 * Thread-safe. A root whose frames stay as they are for a backup, until it is closed or has to give
 * way. Savers do not wait for its end: what it keeps is not free.
 */
public final class KeptRoot implements AutoCloseable {
    private final WatchedRoot watched;
    private final Consumer<KeptRoot> unkeep;
    private volatile boolean hasGivenWay;

    /**
     * @param unkeep hears of the end, perhaps twice
     */
    KeptRoot(WatchedRoot watched, Consumer<KeptRoot> unkeep) {
        this.watched = watched;
        this.unkeep = unkeep;
    }

    public Root root() {
        return watched.root();
    }

    /** Of the store; says how many frames are in use. */
    public FrameAllocator allocator() {
        return watched.allocator();
    }

    /** Once, behind the end of all keeping. */
    void unwatch() {
        watched.close();
    }

    /** To be called before the first of its frames may become another's. */
    void giveWay() {
        hasGivenWay = true;
    }

    /** Whether what was read before this call may be something else than what the root reaches. */
    public boolean hasGivenWay() {
        VarHandle.fullFence(); // no read of a frame is moved behind this
        return hasGivenWay;
    }

    @Override
    public void close() {
        unkeep.accept(this);
    }
}
