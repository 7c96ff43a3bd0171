package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * One owner. Says at which place in a chain a link page would verify. A link does not say its
 * position, its sum does: a CRC is linear, so the bytes of the position are what is left when all
 * the others are taken away. One step instead of a sum for every place there is.
 */
public final class LinkPositions {
    private static final int REFLECTED_POLYNOMIAL = 0x82f63b78;
    private static final int[] TABLE = table();
    private static final byte[] BY_TOP_BYTE = byTopByte();

    /** What takes a register back over the bytes of a position and of a page, a table a byte. */
    private static final int[][] BACK = back(Long.BYTES + FileLayout.FRAME_BYTES);

    /** A register of ones behind a page of zeros: what a plain CRC adds to the page's own. */
    private static final int ONES_BEHIND_PAGE = advance(-1, FileLayout.FRAME_BYTES);

    private final byte[] prefix;
    private final ByteBuffer prefixNumbers;
    private final CRC32C crc = new CRC32C();
    private int behindPage;
    private int stored;
    private long pfn;

    public LinkPositions(byte[] uuid) {
        prefix = new byte[uuid.length + 2 * Long.BYTES];
        System.arraycopy(uuid, 0, prefix, 0, uuid.length);
        prefixNumbers =
                ByteBuffer.wrap(prefix, uuid.length, 2 * Long.BYTES)
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The page to ask about from here on. */
    public void look(long linkPfn, ByteBuffer page) {
        pfn = linkPfn;
        stored = MetadataPage.csum(page);
        int behind = MetadataPage.CSUM_OFFSET + Integer.BYTES;
        crc.reset();
        crc.update(page.array(), page.arrayOffset(), MetadataPage.CSUM_OFFSET);
        crc.update(new byte[Integer.BYTES], 0, Integer.BYTES);
        crc.update(page.array(), page.arrayOffset() + behind, FileLayout.FRAME_BYTES - behind);
        behindPage = ~(int) crc.getValue() ^ ONES_BEHIND_PAGE;
    }

    /** The only position below 2^32 at which the page verifies as a link of that stream. */
    public long positionIn(long streamSequence) {
        prefixNumbers.putLong(0, pfn).putLong(Long.BYTES, streamSequence);
        crc.reset();
        crc.update(prefix, 0, prefix.length);
        int inFrontOfPosition = ~(int) crc.getValue();
        return Integer.toUnsignedLong(inFrontOfPosition ^ goBack(~stored ^ behindPage));
    }

    private static int goBack(int register) {
        return BACK[0][register & 0xff]
                ^ BACK[1][register >>> 8 & 0xff]
                ^ BACK[2][register >>> 16 & 0xff]
                ^ BACK[3][register >>> 24];
    }

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int register = i;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                register = register >>> 1 ^ ((register & 1) == 0 ? 0 : REFLECTED_POLYNOMIAL);
            }
            table[i] = register;
        }
        return table;
    }

    private static byte[] byTopByte() {
        byte[] index = new byte[256];
        for (int i = 0; i < TABLE.length; i++) {
            index[TABLE[i] >>> 24] = (byte) i;
        }
        return index;
    }

    private static int advance(int register, int zeros) {
        int next = register;
        for (int i = 0; i < zeros; i++) {
            next = TABLE[next & 0xff] ^ next >>> 8;
        }
        return next;
    }

    private static int[][] back(int zeros) {
        int[] bits = new int[Integer.SIZE];
        for (int bit = 0; bit < bits.length; bit++) {
            bits[bit] = 1 << bit;
            for (int i = 0; i < zeros; i++) {
                int entry = Byte.toUnsignedInt(BY_TOP_BYTE[bits[bit] >>> 24]);
                bits[bit] = (bits[bit] ^ TABLE[entry]) << 8 | entry;
            }
        }
        int[][] tables = new int[Integer.BYTES][256];
        for (int at = 0; at < Integer.SIZE; at++) {
            int[] table = tables[at / Byte.SIZE];
            for (int i = 0; i < table.length; i++) {
                table[i] ^= (i >>> at % Byte.SIZE & 1) == 0 ? 0 : bits[at];
            }
        }
        return tables;
    }
}
