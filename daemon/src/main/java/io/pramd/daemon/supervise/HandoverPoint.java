package io.pramd.daemon.supervise;

/** Immutable. Moments of a hand-over, in which a test may stop either process. */
public enum HandoverPoint {
    /** The successor has asked. */
    ASKED,
    /** The predecessor has sent all sockets. */
    OFFERED,
    /** The successor has all sockets, and has not said so. */
    RECEIVED,
    /** The predecessor has heard it, and accepts nothing any more. */
    LEFT,
    /** The predecessor has no connection left; a root is being forced. */
    FORCING,
    /** The root is forced. */
    RELEASING,
    /** The lock of the memory file is given back. */
    RELEASED,
    /** The successor is about to open the memory file. */
    OPENING,
    /** The successor serves. */
    SERVING
}
