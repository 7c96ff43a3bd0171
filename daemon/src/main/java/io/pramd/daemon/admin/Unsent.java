package io.pramd.daemon.admin;

/**
 * Event loop only: the answers that wait for whoever asked to take them. All together are bounded:
 * each connection may have one, and an answer may have megabytes.
 */
final class Unsent {
    private final long bytesMax;
    private long bytes;

    /**
     * @param bytesMax of all together; one alone may have more
     */
    Unsent(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Whether there is room for one more; then it is counted until {@link #gone}. */
    boolean take(long length) {
        if (bytes > 0 && bytes + length > bytesMax) {
            return false;
        }
        bytes += length;
        return true;
    }

    /** One of which there is always room. */
    void force(long length) {
        bytes += length;
    }

    /** It was taken, or never will be. */
    void gone(long length) {
        bytes -= length;
    }
}
