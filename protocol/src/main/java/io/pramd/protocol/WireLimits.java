package io.pramd.protocol;

/** Immutable: the sizes and limits that the protocol names. */
public final class WireLimits {
    /** The only version of the protocol so far. */
    public static final int VERSION = 1;

    /** Bytes of a page. */
    public static final int PAGE_BYTES = 4096;

    /** Bytes of a page's place in the table of a PAGES packet: flags u32, csum u32. */
    public static final int PAGE_ENTRY_BYTES = 8;

    /** Bytes that one page adds to a PAGES payload. */
    public static final int PAGE_WITH_ENTRY_BYTES = PAGE_BYTES + PAGE_ENTRY_BYTES;

    /** Most pages in one PAGES packet. */
    public static final int PAGES_PER_PACKET_MAX = 512;

    /** Largest payload of any packet, unless the peer named a smaller one. */
    public static final int PACKET_BYTES_MAX = PAGES_PER_PACKET_MAX * PAGE_WITH_ENTRY_BYTES;

    /** Largest payload of a packet that is neither PAGES nor LISTING. */
    public static final int MESSAGE_BYTES_MAX = 65536;

    /** Smallest packetBytesMax that a HELLO may name: every message must fit. */
    public static final int PACKET_BYTES_MAX_LEAST = MESSAGE_BYTES_MAX;

    /** Longest name of a node, in bytes of UTF-8. */
    public static final int NAME_BYTES_MAX = 255;

    /** Longest key of user metadata, in bytes of UTF-8. */
    public static final int META_KEY_BYTES_MAX = 255;

    /** Most bytes of user metadata: the sum over all pairs of key bytes, value bytes and three. */
    public static final int META_BYTES_MAX = 3072;

    /** What each pair of user metadata counts beside its bytes. */
    public static final int META_PAIR_OVERHEAD_BYTES = 3;

    /** Longest text of an ERROR, in bytes of UTF-8; a longer one is cut. */
    public static final int ERROR_TEXT_BYTES_MAX = 1024;

    /** Longest agent text of HELLO and WELCOME, in bytes of UTF-8. */
    public static final int AGENT_BYTES_MAX = 255;

    /** Longest authentication data of HELLO, in bytes. */
    public static final int AUTH_DATA_BYTES_MAX = 4096;

    /**
     * Longest payload of HELLO, the only packet that is gathered before it is known who the client
     * is.
     */
    public static final int HELLO_BYTES_MAX =
            2 + 2 + 4 + 8 + 2 + AGENT_BYTES_MAX + 1 + 2 + AUTH_DATA_BYTES_MAX;

    /** Longest time to live of a node: a hundred years. */
    public static final long TTL_MILLIS_MAX = 100L * 365 * 24 * 60 * 60 * 1000;

    /** The latest of the {@link NodeDates}, in the year 2169. */
    public static final long DATE_MILLIS_MAX = 2 * TTL_MILLIS_MAX;

    /** Longest owner and quarantine reason of a node record, in bytes of UTF-8. */
    public static final int RECORD_TEXT_BYTES_MAX = 1024;

    /** Most streams open on one connection. */
    public static final int STREAMS_MAX = 64;

    /** Most requests unanswered on one connection. */
    public static final int REQUESTS_MAX = 256;

    /** Milliseconds a connection has from its opening to a whole HELLO. */
    public static final int HANDSHAKE_MILLIS = 5_000;

    /** Milliseconds without a byte from the client after which the daemon closes the connection. */
    public static final int IDLE_MILLIS = 60_000;

    private WireLimits() {}
}
