package io.pramd.daemon.layout;

import java.nio.ByteBuffer;
import java.util.List;

/** Immutable. A page of the directory tree: 255 entries behind a 16-byte head, like a link's. */
public final class DirectoryLayout {
    public static final int ENTRIES = 255;

    /** Levels a tree may have: 255^7 entries are more than there are frames. */
    public static final int LEVEL_MAX = 6;

    static final Field LEVEL =
            MetadataPage.CSUM.next("level", Short.BYTES, "0 for a leaf; a parent is one above");
    static final Field IN_USE = LEVEL.next("in_use", Short.BYTES, "entries that are not zero");
    static final Field ZEROS = IN_USE.next("zeros", Integer.BYTES, "0");
    static final Field ENTRY_ARRAY =
            ZEROS.next("entries", ENTRIES * 16, "255 entries of 16 bytes; zero when unused");

    static final Field LEAF_TAG = Field.first("tag", Integer.BYTES, "CRC32C of the name's bytes");
    static final Field LEAF_CSUM = LEAF_TAG.next("csum", Integer.BYTES, "csum of the node page");
    static final Field LEAF_PFN = LEAF_CSUM.next("pfn", Long.BYTES, "the node page");

    static final Field INNER_CSUM = Field.first("csum", Integer.BYTES, "csum of the child page");
    static final Field INNER_PFN_1 = INNER_CSUM.next("pfn_1", 6, "the child's first copy, 48 bits");
    static final Field INNER_PFN_2 =
            INNER_PFN_1.next("pfn_2", 6, "the child's second copy, 48 bits");

    static final int ENTRY_BYTES = LEAF_PFN.end();

    public static final List<Field> FIELDS =
            List.of(MetadataPage.MAGIC, MetadataPage.CSUM, LEVEL, IN_USE, ZEROS, ENTRY_ARRAY);
    public static final List<Field> LEAF_FIELDS = List.of(LEAF_TAG, LEAF_CSUM, LEAF_PFN);
    public static final List<Field> INNER_FIELDS = List.of(INNER_CSUM, INNER_PFN_1, INNER_PFN_2);

    private static final long PFN_MASK = (1L << 48) - 1;

    private DirectoryLayout() {}

    public static void begin(ByteBuffer page, int level) {
        MetadataPage.clear(page);
        MetadataPage.magic(page, Magic.DIRECTORY);
        page.putShort(LEVEL.offset(), (short) level);
    }

    public static int level(ByteBuffer page) {
        return Short.toUnsignedInt(page.getShort(LEVEL.offset()));
    }

    public static int inUse(ByteBuffer page) {
        return Short.toUnsignedInt(page.getShort(IN_USE.offset()));
    }

    public static void inUse(ByteBuffer page, int entries) {
        page.putShort(IN_USE.offset(), (short) entries);
    }

    /** Four bytes that are 0 in every page we write. */
    public static int zeros(ByteBuffer page) {
        return page.getInt(ZEROS.offset());
    }

    public static void leafEntry(ByteBuffer page, int index, int tag, int csum, long pfn) {
        int at = entry(index);
        page.putInt(at + LEAF_TAG.offset(), tag);
        page.putInt(at + LEAF_CSUM.offset(), csum);
        page.putLong(at + LEAF_PFN.offset(), pfn);
    }

    public static int leafTag(ByteBuffer page, int index) {
        return page.getInt(entry(index) + LEAF_TAG.offset());
    }

    public static int leafCsum(ByteBuffer page, int index) {
        return page.getInt(entry(index) + LEAF_CSUM.offset());
    }

    public static long leafPfn(ByteBuffer page, int index) {
        return page.getLong(entry(index) + LEAF_PFN.offset());
    }

    public static void innerEntry(ByteBuffer page, int index, int csum, long pfn1, long pfn2) {
        int at = entry(index);
        page.putInt(at + INNER_CSUM.offset(), csum);
        page.putInt(at + INNER_PFN_1.offset(), (int) pfn1);
        page.putShort(at + INNER_PFN_1.offset() + Integer.BYTES, (short) (pfn1 >>> 32));
        page.putInt(at + INNER_PFN_2.offset(), (int) pfn2);
        page.putShort(at + INNER_PFN_2.offset() + Integer.BYTES, (short) (pfn2 >>> 32));
    }

    public static int innerCsum(ByteBuffer page, int index) {
        return page.getInt(entry(index) + INNER_CSUM.offset());
    }

    public static long innerPfn1(ByteBuffer page, int index) {
        return page.getLong(entry(index) + INNER_PFN_1.offset()) & PFN_MASK;
    }

    public static long innerPfn2(ByteBuffer page, int index) {
        // read from two bytes before the field, so that the last entry does not reach over the
        // page's end
        return page.getLong(entry(index) + INNER_PFN_2.offset() - Short.BYTES) >>> 16;
    }

    private static int entry(int index) {
        return ENTRY_ARRAY.offset() + index * ENTRY_BYTES;
    }
}
