package io.pramd.daemon.layout;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Immutable. A node page: the name, type and identity of one stream and where its first link is.
 * The first fields are those of {@code struct pram_node} in the 2013 PRAM series.
 */
public final class NodeLayout {
    static final Field FLAGS =
            MetadataPage.CSUM.next("flags", Integer.BYTES, "0; others are quarantined");
    static final Field TYPE = FLAGS.next("type", Integer.BYTES, "1 page stream, 2 byte stream");
    static final Field DATA_LEN =
            TYPE.next("data_len", Long.BYTES, "length of the stream in bytes");
    static final Field LINK_PFN =
            DATA_LEN.next("link_pfn", Long.BYTES, "first link; 0 when there are no pages");
    static final Field NAME =
            LINK_PFN.next("name", 256, "UTF-8, at most 255 bytes, ended and filled by NUL");
    static final Field SEQUENCE =
            NAME.next("sequence", Long.BYTES, "of this node; never used twice in a file's life");
    static final Field STREAM_SEQUENCE =
            SEQUENCE.next("stream_sequence", Long.BYTES, "of the save that wrote the links");
    static final Field CREATED_MILLIS =
            STREAM_SEQUENCE.next("created_millis", Long.BYTES, "ms since the epoch");
    static final Field PAGE_COUNT = CREATED_MILLIS.next("page_count", Long.BYTES, "data pages");
    static final Field SAVE_ID = PAGE_COUNT.next("save_id", 16, "chosen by the saver; zeros: none");
    static final Field EXPIRY_MILLIS =
            SAVE_ID.next("expiry_millis", Long.BYTES, "ms since the epoch; 0: never");
    static final Field OWNER =
            EXPIRY_MILLIS.next("owner", 64, "UTF-8 name of a principal, zero-padded; zeros: none");
    static final Field INLINE_COUNT =
            OWNER.next("inline_count", Integer.BYTES, "entries in this page: all, or 0");
    static final Field META_BYTES =
            INLINE_COUNT.next("meta_bytes", Integer.BYTES, "bytes of user metadata in use");
    static final Field META =
            META_BYTES.next("meta", 3072, "pairs: key length u8, value length u16, key, value");

    /** Entries of a stream that fit into its node page. */
    public static final int INLINE_ENTRIES_MAX = 38;

    static final Field INLINE_ENTRIES =
            META.next(
                    "inline_entries",
                    INLINE_ENTRIES_MAX * LinkLayout.ENTRY_BYTES,
                    "as a link's; zero when unused");

    /** Bytes of an owner's name in UTF-8. */
    public static final int OWNER_BYTES_MAX = OWNER.bytes();

    /** Bytes of user metadata that fit, counted as 3 + key + value for each pair. */
    public static final int META_BYTES_MAX = META.bytes();

    /** Bytes of a name in UTF-8. */
    public static final int NAME_BYTES_MAX = NAME.bytes() - 1;

    public static final List<Field> FIELDS =
            List.of(
                    MetadataPage.MAGIC,
                    MetadataPage.CSUM,
                    FLAGS,
                    TYPE,
                    DATA_LEN,
                    LINK_PFN,
                    NAME,
                    SEQUENCE,
                    STREAM_SEQUENCE,
                    CREATED_MILLIS,
                    PAGE_COUNT,
                    SAVE_ID,
                    EXPIRY_MILLIS,
                    OWNER,
                    INLINE_COUNT,
                    META_BYTES,
                    META,
                    INLINE_ENTRIES);

    private NodeLayout() {}

    /** What a node page says of the stream it names. */
    public record Identity(
            String name,
            int type,
            long sequence,
            long streamSequence,
            long createdMillis,
            long saveIdHigh,
            long saveIdLow,
            Map<String, String> meta) {}

    /** What a node page says of the stream's contents. */
    public record Extent(long length, long pages, long linkPfn) {}

    public static void write(ByteBuffer page, Identity identity, Extent extent) {
        MetadataPage.clear(page);
        MetadataPage.magic(page, Magic.NODE);
        page.putInt(TYPE.offset(), identity.type());
        page.putLong(DATA_LEN.offset(), extent.length());
        page.putLong(LINK_PFN.offset(), extent.linkPfn());
        byte[] name = identity.name().getBytes(StandardCharsets.UTF_8);
        page.put(NAME.offset(), name);
        page.putLong(SEQUENCE.offset(), identity.sequence());
        page.putLong(STREAM_SEQUENCE.offset(), identity.streamSequence());
        page.putLong(CREATED_MILLIS.offset(), identity.createdMillis());
        page.putLong(PAGE_COUNT.offset(), extent.pages());
        page.putLong(SAVE_ID.offset(), Long.reverseBytes(identity.saveIdHigh()));
        page.putLong(SAVE_ID.offset() + Long.BYTES, Long.reverseBytes(identity.saveIdLow()));
        page.putInt(META_BYTES.offset(), MetaLayout.write(page, META, identity.meta()));
    }

    /**
     * Who owns the node and how long it lives, behind {@link #write}.
     *
     * @param owner at most {@link #OWNER_BYTES_MAX} bytes of UTF-8; empty: nobody
     * @param expiryMillis ms since the epoch; 0: never
     */
    public static void owned(ByteBuffer page, String owner, long expiryMillis) {
        page.putLong(EXPIRY_MILLIS.offset(), expiryMillis);
        page.put(OWNER.offset(), owner.getBytes(StandardCharsets.UTF_8));
    }

    /** The entries of a stream without links, behind {@link #write}. */
    public static void inlineCount(ByteBuffer page, int count) {
        page.putInt(INLINE_COUNT.offset(), count);
    }

    public static void inlineEntry(ByteBuffer page, int index, int flags, int csum, long pfn) {
        LinkLayout.entryAt(page, inlineEntryAt(index), flags, csum, pfn);
    }

    private static int inlineEntryAt(int index) {
        return INLINE_ENTRIES.offset() + index * LinkLayout.ENTRY_BYTES;
    }

    /** Flags in the low half, csum in the high half. */
    public static long inlineFlagsAndCsum(ByteBuffer page, int index) {
        return page.getLong(inlineEntryAt(index));
    }

    public static long inlinePfn(ByteBuffer page, int index) {
        return page.getLong(inlineEntryAt(index) + LinkLayout.ENTRY_PFN.offset());
    }

    /** Entries up to the last that names a page, whatever the page says of their number. */
    public static int inlineEntriesInUse(ByteBuffer page) {
        int entries = INLINE_ENTRIES_MAX;
        while (entries > 0 && inlinePfn(page, entries - 1) == 0) {
            entries--;
        }
        return entries;
    }

    /** Whether what is neither metadata nor an entry in use is zero. */
    public static boolean isRestZero(ByteBuffer page) {
        int entriesEnd = inlineEntryAt((int) Math.min(inlineCount(page), INLINE_ENTRIES_MAX));
        return MetadataPage.isZero(page, endOfMeta(metaBytes(page)), META.end())
                && MetadataPage.isZero(page, entriesEnd, FileLayout.FRAME_BYTES);
    }

    public static Identity identity(ByteBuffer page) {
        return new Identity(
                name(page),
                type(page),
                sequence(page),
                streamSequence(page),
                page.getLong(CREATED_MILLIS.offset()),
                saveIdHigh(page),
                saveIdLow(page),
                meta(page));
    }

    public static Extent extent(ByteBuffer page) {
        return new Extent(length(page), pages(page), page.getLong(LINK_PFN.offset()));
    }

    public static int flags(ByteBuffer page) {
        return page.getInt(FLAGS.offset());
    }

    public static int type(ByteBuffer page) {
        return page.getInt(TYPE.offset());
    }

    public static long length(ByteBuffer page) {
        return page.getLong(DATA_LEN.offset());
    }

    public static long linkPfn(ByteBuffer page) {
        return page.getLong(LINK_PFN.offset());
    }

    /** Where the first link has gone. */
    public static void linkPfn(ByteBuffer page, long pfn) {
        page.putLong(LINK_PFN.offset(), pfn);
    }

    public static long sequence(ByteBuffer page) {
        return page.getLong(SEQUENCE.offset());
    }

    public static long streamSequence(ByteBuffer page) {
        return page.getLong(STREAM_SEQUENCE.offset());
    }

    public static long pages(ByteBuffer page) {
        return page.getLong(PAGE_COUNT.offset());
    }

    public static long saveIdHigh(ByteBuffer page) {
        return Long.reverseBytes(page.getLong(SAVE_ID.offset()));
    }

    public static long saveIdLow(ByteBuffer page) {
        return Long.reverseBytes(page.getLong(SAVE_ID.offset() + Long.BYTES));
    }

    public static long createdMillis(ByteBuffer page) {
        return page.getLong(CREATED_MILLIS.offset());
    }

    public static long expiryMillis(ByteBuffer page) {
        return page.getLong(EXPIRY_MILLIS.offset());
    }

    public static long inlineCount(ByteBuffer page) {
        return Integer.toUnsignedLong(page.getInt(INLINE_COUNT.offset()));
    }

    /** Whether a NUL ends the name: one that fills the field was not written by us. */
    public static boolean nameEnds(ByteBuffer page) {
        return page.get(NAME.end() - 1) == 0;
    }

    /** Whether the field has printable ASCII and zeros behind it: most names, and quickly said. */
    public static boolean isNamePlain(ByteBuffer page) {
        int at = NAME.offset();
        while (at < NAME.end() && page.get(at) >= ' ' && page.get(at) <= '~') {
            at++;
        }
        boolean hasName = at > NAME.offset() && at < NAME.end();
        while (at < NAME.end() && page.get(at) == 0) {
            at++;
        }
        return hasName && at == NAME.end();
    }

    /** Whether the name is UTF-8, and its field zero behind it. */
    public static boolean isNameWhole(ByteBuffer page) {
        byte[] field = MetadataPage.bytes(page, NAME);
        byte[] written = name(page).getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(field, Arrays.copyOf(written, NAME.bytes()));
    }

    /** The name up to its first NUL, or the whole field when there is none. */
    public static String name(ByteBuffer page) {
        return text(page, NAME);
    }

    /**
     * The bytes of its name.
     *
     * @param room for {@link #NAME_BYTES_MAX} and one more
     * @return how many they are
     */
    public static int name(ByteBuffer page, byte[] room) {
        page.get(NAME.offset(), room, 0, NAME.bytes());
        return lengthOfText(room, NAME_BYTES_MAX);
    }

    public static String owner(ByteBuffer page) {
        if (page.get(OWNER.offset()) == 0) {
            return ""; // most nodes of many a file: a start reads them all
        }
        return text(page, OWNER);
    }

    /** Bytes of metadata the page claims; a claim above {@link #META_BYTES_MAX} is damage. */
    public static long metaBytes(ByteBuffer page) {
        return Integer.toUnsignedLong(page.getInt(META_BYTES.offset()));
    }

    private static int endOfMeta(long metaBytes) {
        return META.offset() + (int) Math.min(metaBytes, META_BYTES_MAX);
    }

    /** User metadata in the saver's order; stops at the first pair that does not fit its claim. */
    public static Map<String, String> meta(ByteBuffer page) {
        return MetaLayout.read(page, META, Math.min(metaBytes(page), META_BYTES_MAX));
    }

    private static String text(ByteBuffer page, Field field) {
        byte[] bytes = MetadataPage.bytes(page, field);
        return new String(bytes, 0, lengthOfText(bytes, bytes.length), StandardCharsets.UTF_8);
    }

    private static int lengthOfText(byte[] bytes, int most) {
        int length = 0;
        while (length < most && bytes[length] != 0) {
            length++;
        }
        return length;
    }
}
