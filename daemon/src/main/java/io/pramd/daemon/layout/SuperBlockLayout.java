package io.pramd.daemon.layout;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Immutable. Frame 0: what file this is. The prefix never changes its layout, whatever the format
 * version.
 */
public final class SuperBlockLayout {
    static final Field FIRST_PFN =
            MetadataPage.CSUM.next(
                    "first_pfn", Long.BYTES, "0, reserved (the 2013 series' first node)");
    static final Field FORMAT_VERSION =
            FIRST_PFN.next(
                    "format_version",
                    Integer.BYTES,
                    "a file of a newer version is refused by name");
    static final Field PAGE_SIZE = FORMAT_VERSION.next("page_size", Integer.BYTES, "4096");
    static final Field FEATURES_COMPATIBLE =
            PAGE_SIZE.next("features_compatible", Long.BYTES, "bits that a reader may not know");
    static final Field FEATURES_READ_ONLY =
            FEATURES_COMPATIBLE.next(
                    "features_read_only", Long.BYTES, "unknown bits: the file may only be read");
    static final Field FEATURES_INCOMPATIBLE =
            FEATURES_READ_ONLY.next(
                    "features_incompatible", Long.BYTES, "unknown bits: the file is refused");
    static final Field FRAME_COUNT =
            FEATURES_INCOMPATIBLE.next("frame_count", Long.BYTES, "frames of this file");
    static final Field UUID =
            FRAME_COUNT.next("uuid", 16, "random identity; part of every other checksum");

    public static final List<Field> FIELDS =
            List.of(
                    MetadataPage.MAGIC,
                    MetadataPage.CSUM,
                    FIRST_PFN,
                    FORMAT_VERSION,
                    PAGE_SIZE,
                    FEATURES_COMPATIBLE,
                    FEATURES_READ_ONLY,
                    FEATURES_INCOMPATIBLE,
                    FRAME_COUNT,
                    UUID);

    /** Incompatible: short streams have their entries in the node page. */
    public static final long INLINE_ENTRIES = 1;

    private static final long INCOMPATIBLE_KNOWN = INLINE_ENTRIES;

    private SuperBlockLayout() {}

    /**
     * @param featuresIncompatible what a reader must know to read the file
     */
    public static void write(
            ByteBuffer page, long frameCount, byte[] uuid, long featuresIncompatible) {
        MetadataPage.clear(page);
        MetadataPage.magic(page, Magic.SUPER_BLOCK);
        page.putInt(FORMAT_VERSION.offset(), FileLayout.FORMAT_VERSION);
        page.putInt(PAGE_SIZE.offset(), FileLayout.FRAME_BYTES);
        page.putLong(FEATURES_INCOMPATIBLE.offset(), featuresIncompatible);
        page.putLong(FRAME_COUNT.offset(), frameCount);
        page.put(UUID.offset(), uuid, 0, UUID.bytes());
    }

    public static long formatVersion(ByteBuffer page) {
        return Integer.toUnsignedLong(page.getInt(FORMAT_VERSION.offset()));
    }

    public static long pageSize(ByteBuffer page) {
        return Integer.toUnsignedLong(page.getInt(PAGE_SIZE.offset()));
    }

    public static long featuresReadOnly(ByteBuffer page) {
        return page.getLong(FEATURES_READ_ONLY.offset());
    }

    public static long featuresIncompatible(ByteBuffer page) {
        return page.getLong(FEATURES_INCOMPATIBLE.offset());
    }

    /** Incompatible features that this code knows nothing of. */
    public static long featuresUnknown(ByteBuffer page) {
        return featuresIncompatible(page) & ~INCOMPATIBLE_KNOWN;
    }

    public static InlineEntries inlineEntries(ByteBuffer page) {
        return (featuresIncompatible(page) & INLINE_ENTRIES) != 0
                ? InlineEntries.OF_FEATURE
                : InlineEntries.NONE;
    }

    public static long frameCount(ByteBuffer page) {
        return page.getLong(FRAME_COUNT.offset());
    }

    public static void frameCount(ByteBuffer page, long frameCount) {
        page.putLong(FRAME_COUNT.offset(), frameCount);
    }

    /** Whether two pages agree in all that a growth does not change. */
    public static boolean differOnlyInFrameCount(ByteBuffer one, ByteBuffer other) {
        for (int at = 0; at < FileLayout.FRAME_BYTES; at++) {
            if (one.get(at) != other.get(at)
                    && !isIn(MetadataPage.CSUM, at)
                    && !isIn(FRAME_COUNT, at)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isIn(Field field, int offset) {
        return offset >= field.offset() && offset < field.end();
    }

    public static byte[] uuid(ByteBuffer page) {
        return MetadataPage.bytes(page, UUID);
    }
}
