package io.pramd.protocol;

import java.util.function.IntConsumer;

/**
 * Event loop only: how many bytes a socket must hold before its reader is woken. Small pieces of
 * page data are not worth it; but a mark above what is still to come would never be reached, so it
 * is never more than the rest of the packet.
 */
final class ReceiveMark {
    /** Enough that waking costs little beside copying. */
    static final int BYTES_MAX = 512 * 1024;

    private static final int ANY = 1;

    private final IntConsumer setter;
    private int set = ANY;

    /**
     * @param setter tells the socket
     */
    ReceiveMark(IntConsumer setter) {
        this.setter = setter;
    }

    /**
     * The reader is about to wait.
     *
     * @param pageBytesLeft page data that will certainly come; 0 outside of it
     */
    void waitFor(long pageBytesLeft) {
        int wanted = (int) Math.max(ANY, Math.min(pageBytesLeft, BYTES_MAX));
        if (wanted != set) {
            set = wanted;
            setter.accept(wanted);
        }
    }
}
