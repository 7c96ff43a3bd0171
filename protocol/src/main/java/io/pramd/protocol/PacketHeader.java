package io.pramd.protocol;

import io.netty.buffer.ByteBuf;

/**
 * Immutable: the 16 bytes before every payload.
 *
 * @param length payload bytes behind the header, 0 to 2^32-1: a claim, to be compared with a limit
 *     before use
 * @param typeNumber the message's number, 0 to 255, in use or not
 * @param flags 0 to 255; only PAGES packets of the daemon have any
 * @param reserved 0 to 65535; must be zero
 * @param id of the request or stream; 0 is the connection
 */
public record PacketHeader(long length, int typeNumber, int flags, int reserved, long id) {
    private static final int LENGTH_OFFSET = 0;
    private static final int TYPE_OFFSET = LENGTH_OFFSET + Integer.BYTES;
    private static final int FLAGS_OFFSET = TYPE_OFFSET + Byte.BYTES;
    private static final int RESERVED_OFFSET = FLAGS_OFFSET + Byte.BYTES;
    private static final int ID_OFFSET = RESERVED_OFFSET + Short.BYTES;

    /** Bytes of a header. */
    public static final int BYTES = ID_OFFSET + Long.BYTES;

    /** A header of ours: reserved bytes zero. */
    public static PacketHeader of(MessageType type, int flags, long id, long length) {
        return new PacketHeader(length, type.number(), flags, 0, id);
    }

    /** The type, {@link MessageType#UNKNOWN} for a number not in use. */
    public MessageType type() {
        return MessageType.of(typeNumber);
    }

    /** Reads 16 bytes; believes nothing. */
    public static PacketHeader read(ByteBuf in) {
        int start = in.readerIndex();
        PacketHeader header =
                new PacketHeader(
                        in.getUnsignedIntLE(start + LENGTH_OFFSET),
                        in.getUnsignedByte(start + TYPE_OFFSET),
                        in.getUnsignedByte(start + FLAGS_OFFSET),
                        in.getUnsignedShortLE(start + RESERVED_OFFSET),
                        in.getLongLE(start + ID_OFFSET));
        in.skipBytes(BYTES);
        return header;
    }

    /** Appends 16 bytes. */
    public void write(ByteBuf out) {
        int start = out.writerIndex();
        out.ensureWritable(BYTES);
        out.setIntLE(start + LENGTH_OFFSET, (int) length);
        out.setByte(start + TYPE_OFFSET, typeNumber);
        out.setByte(start + FLAGS_OFFSET, flags);
        out.setShortLE(start + RESERVED_OFFSET, reserved);
        out.setLongLE(start + ID_OFFSET, id);
        out.writerIndex(start + BYTES);
    }

    /** Puts the payload's length into a header already written at {@code headerIndex}. */
    static void setLength(ByteBuf out, int headerIndex, int length) {
        out.setIntLE(headerIndex + LENGTH_OFFSET, length);
    }

    /** Puts another id into a header already written at {@code headerIndex}. */
    static void setId(ByteBuf out, int headerIndex, long id) {
        out.setLongLE(headerIndex + ID_OFFSET, id);
    }
}
