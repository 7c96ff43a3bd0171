package io.pramd.daemon.node;

/**
 * Thread-safe. Lets threads that serve many connections in turns do small work of the store
 * themselves, where handing it to another thread would cost more than the work.
 */
public interface Turns {
    /** No thread has turns: all work is handed over. */
    Turns NONE =
            new Turns() {
                @Override
                public boolean isHere() {
                    return false;
                }

                @Override
                public void atEnd(Runnable task) {
                    throw new IllegalStateException("this thread has no turns");
                }
            };

    /** Whether the calling thread has turns. */
    boolean isHere();

    /**
     * Has a task run on the calling thread, behind all that it is doing in this turn. Only where
     * {@link #isHere}.
     *
     * @throws java.util.concurrent.RejectedExecutionException when there will be no such moment
     */
    void atEnd(Runnable task);
}
