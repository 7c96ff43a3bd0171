package io.pramd.protocol;

/**
 * Immutable: one packet that breaks the protocol. Keeps the request's id, so that one request fails
 * and not the connection.
 */
public final class DecodeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long id;
    private final int typeNumber;
    private final Errno errno;
    private final boolean closing;

    private DecodeException(PacketHeader header, Errno errno, boolean closing, String text) {
        super(text, null, false, false);
        this.id = header.id();
        this.typeNumber = header.typeNumber();
        this.errno = errno;
        this.closing = closing;
    }

    /** The packet is refused; the connection goes on. */
    public static DecodeException refused(PacketHeader header, Errno errno, String text) {
        return new DecodeException(header, errno, false, text);
    }

    /** The packet cannot even be skipped; the connection ends. */
    public static DecodeException closing(PacketHeader header, String text) {
        return new DecodeException(header, Errno.EINVAL, true, text);
    }

    /** The id in the packet's header. */
    public long id() {
        return id;
    }

    /** The type number in the packet's header. */
    public int typeNumber() {
        return typeNumber;
    }

    public Errno errno() {
        return errno;
    }

    /** Whether nothing more can be read from this connection. */
    public boolean isClosing() {
        return closing;
    }
}
