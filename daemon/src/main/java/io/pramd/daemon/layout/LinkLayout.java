package io.pramd.daemon.layout;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Immutable. A link: the next link's pfn and 255 entries of 16 bytes, the shape of {@code struct
 * pram_link} in the 2013 PRAM series with a checksum for every data page.
 */
public final class LinkLayout {
    public static final int ENTRIES = 255;

    static final Field LINK_PFN =
            MetadataPage.CSUM.next("link_pfn", Long.BYTES, "next link; 0 ends the chain");
    static final Field ENTRY_ARRAY =
            LINK_PFN.next("entries", ENTRIES * 16, "255 entries of 16 bytes; zero when unused");

    static final Field ENTRY_FLAGS =
            Field.first("flags", Integer.BYTES, "the saver's page flags, bit for bit");
    static final Field ENTRY_CSUM =
            ENTRY_FLAGS.next("csum", Integer.BYTES, "CRC32C of the page as stored");
    static final Field ENTRY_PFN =
            ENTRY_CSUM.next("pfn", Long.BYTES, "the data page; 0 ends the list");

    static final int ENTRY_BYTES = ENTRY_PFN.end();

    public static final List<Field> FIELDS =
            List.of(MetadataPage.MAGIC, MetadataPage.CSUM, LINK_PFN, ENTRY_ARRAY);
    public static final List<Field> ENTRY_FIELDS = List.of(ENTRY_FLAGS, ENTRY_CSUM, ENTRY_PFN);

    private LinkLayout() {}

    public static void begin(ByteBuffer page) {
        MetadataPage.clear(page);
        MetadataPage.magic(page, Magic.LINK);
    }

    public static long linkPfn(ByteBuffer page) {
        return page.getLong(LINK_PFN.offset());
    }

    public static void linkPfn(ByteBuffer page, long pfn) {
        page.putLong(LINK_PFN.offset(), pfn);
    }

    public static void entry(ByteBuffer page, int index, int flags, int csum, long pfn) {
        entryAt(page, ENTRY_ARRAY.offset() + index * ENTRY_BYTES, flags, csum, pfn);
    }

    static void entryAt(ByteBuffer page, int at, int flags, int csum, long pfn) {
        page.putInt(at + ENTRY_FLAGS.offset(), flags);
        page.putInt(at + ENTRY_CSUM.offset(), csum);
        page.putLong(at + ENTRY_PFN.offset(), pfn);
    }

    public static int entryFlags(ByteBuffer page, int index) {
        return page.getInt(ENTRY_ARRAY.offset() + index * ENTRY_BYTES + ENTRY_FLAGS.offset());
    }

    public static int entryCsum(ByteBuffer page, int index) {
        return page.getInt(ENTRY_ARRAY.offset() + index * ENTRY_BYTES + ENTRY_CSUM.offset());
    }

    public static long entryPfn(ByteBuffer page, int index) {
        return page.getLong(ENTRY_ARRAY.offset() + index * ENTRY_BYTES + ENTRY_PFN.offset());
    }

    /**
     * Entries in front of the first without a page: what a link has when its stream's length is not
     * known.
     */
    public static int entriesInUse(ByteBuffer page) {
        int entries = 0;
        while (entries < ENTRIES && entryPfn(page, entries) != 0) {
            entries++;
        }
        return entries;
    }

    /** Links that a stream of so many pages takes. */
    public static long linksFor(long pages) {
        return Math.ceilDiv(pages, ENTRIES);
    }
}
