package io.pramd.daemon.node;

/** Thread-safe: hears how long the work of a store takes. Its methods return at once. */
public interface StoreMeter {
    /** Hears nothing; for it no clock is read. */
    StoreMeter NONE =
            new StoreMeter() {
                @Override
                public void committed(int changes, long nanos) {}

                @Override
                public void forced(long nanos) {}
            };

    /**
     * A root is in its slot.
     *
     * @param changes that it made
     * @param nanos from the first directory page to the answers
     */
    void committed(int changes, long nanos);

    /** A root has been forced, with all that it reaches. */
    void forced(long nanos);
}
