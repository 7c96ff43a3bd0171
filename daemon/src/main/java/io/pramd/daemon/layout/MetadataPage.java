package io.pramd.daemon.layout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Immutable. What every metadata page begins with: a magic of its own kind and a checksum. Metadata
 * is always worked on in a heap buffer and copied from and to the memory file as whole pages.
 */
public final class MetadataPage {
    static final Field MAGIC = Field.first("magic", Integer.BYTES, "which structure this is");
    static final Field CSUM = MAGIC.next("csum", Integer.BYTES, "CRC32C, see the checksum rules");

    /** Offset of the checksum in every metadata page, bytes. */
    public static final int CSUM_OFFSET = CSUM.offset();

    private MetadataPage() {}

    /** A zeroed little-endian heap buffer of one page; the caller owns it. */
    public static ByteBuffer allocate() {
        return ByteBuffer.allocate(FileLayout.FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    public static int magic(ByteBuffer page) {
        return page.getInt(MAGIC.offset());
    }

    public static void magic(ByteBuffer page, Magic magic) {
        page.putInt(MAGIC.offset(), magic.number());
    }

    public static int csum(ByteBuffer page) {
        return page.getInt(CSUM.offset());
    }

    public static void csum(ByteBuffer page, int csum) {
        page.putInt(CSUM.offset(), csum);
    }

    /** Whether the page holds only zeros from an offset on. */
    public static boolean isZeroFrom(ByteBuffer page, int offset) {
        return isZero(page, offset, FileLayout.FRAME_BYTES);
    }

    /** Whether the bytes from one offset to before another are zeros. */
    static boolean isZero(ByteBuffer page, int offset, int end) {
        for (int at = offset; at < end; at++) {
            if (page.get(at) != 0) {
                return false;
            }
        }
        return true;
    }

    static void clear(ByteBuffer page) {
        java.util.Arrays.fill(
                page.array(),
                page.arrayOffset(),
                page.arrayOffset() + FileLayout.FRAME_BYTES,
                (byte) 0);
    }

    /** The number in a field of at most 8 bytes. */
    public static long number(ByteBuffer page, Field field) {
        long number = 0;
        for (int i = field.bytes() - 1; i >= 0; i--) {
            number = number << Byte.SIZE | Byte.toUnsignedLong(page.get(field.offset() + i));
        }
        return number;
    }

    /** A field's bytes. */
    public static byte[] bytes(ByteBuffer page, Field field) {
        byte[] bytes = new byte[field.bytes()];
        page.get(field.offset(), bytes);
        return bytes;
    }
}
