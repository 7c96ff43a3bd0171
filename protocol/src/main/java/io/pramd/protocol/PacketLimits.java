package io.pramd.protocol;

/**
 * Immutable: how long a packet may be on its way to this side.
 *
 * @param packetBytesMax largest payload of any packet; a longer one ends the connection
 * @param messageBytesMax largest payload of a packet that is neither PAGES nor LISTING; a longer
 *     one is skipped
 * @param emptyPages whether PAGES may hold no page
 */
public record PacketLimits(int packetBytesMax, int messageBytesMax, boolean emptyPages) {
    /** What the daemon takes. */
    public static PacketLimits ofDaemon() {
        return new PacketLimits(WireLimits.PACKET_BYTES_MAX, WireLimits.MESSAGE_BYTES_MAX, false);
    }

    /** What a client takes. */
    public static PacketLimits ofClient() {
        return new PacketLimits(WireLimits.PACKET_BYTES_MAX, WireLimits.MESSAGE_BYTES_MAX, true);
    }

    /**
     * Throws unless the packet may be read: a claim of length is compared here, before anything is
     * allocated.
     */
    void verify(PacketHeader header) {
        if (header.length() > packetBytesMax) {
            throw DecodeException.closing(
                    header,
                    "packet is too long: bytes=" + header.length() + " max=" + packetBytesMax);
        }
        if (header.reserved() != 0) {
            throw refused(header, "reserved bytes of the header are not zero");
        }
        if (header.type() == MessageType.PAGES) {
            verifyPages(header);
        } else if (header.type() == MessageType.HELLO
                && header.length() > WireLimits.HELLO_BYTES_MAX) {
            throw refused(
                    header,
                    "HELLO is too long: bytes="
                            + header.length()
                            + " max="
                            + WireLimits.HELLO_BYTES_MAX);
        } else if (header.type() != MessageType.LISTING && header.length() > messageBytesMax) {
            throw refused(
                    header,
                    "message is too long: bytes=" + header.length() + " max=" + messageBytesMax);
        }
    }

    private void verifyPages(PacketHeader header) {
        if (header.length() % WireLimits.PAGE_WITH_ENTRY_BYTES != 0) {
            throw refused(header, "PAGES are not whole: bytes=" + header.length());
        }
        if (header.length() == 0 && !emptyPages) {
            throw refused(header, "PAGES without a page");
        }
    }

    private static DecodeException refused(PacketHeader header, String text) {
        return DecodeException.refused(header, Errno.EINVAL, text);
    }
}
