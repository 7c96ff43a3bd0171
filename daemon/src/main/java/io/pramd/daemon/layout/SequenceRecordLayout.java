package io.pramd.daemon.layout;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Immutable. The reservation of sequences: none at or above the limit may be stored anywhere before
 * a newer record.
 */
public final class SequenceRecordLayout {
    /** No sequence is as large: what claims to be was not drawn by a daemon. */
    public static final long SEQUENCE_MAX = 1L << 62;

    static final Field LIMIT =
            MetadataPage.CSUM.next(
                    "limit",
                    Long.BYTES,
                    "first sequence not reserved; the largest valid record counts");

    public static final List<Field> FIELDS = List.of(MetadataPage.MAGIC, MetadataPage.CSUM, LIMIT);

    private SequenceRecordLayout() {}

    public static void write(ByteBuffer page, long limit) {
        MetadataPage.clear(page);
        MetadataPage.magic(page, Magic.SEQUENCE_RECORD);
        page.putLong(LIMIT.offset(), limit);
    }

    public static long limit(ByteBuffer page) {
        return page.getLong(LIMIT.offset());
    }
}
