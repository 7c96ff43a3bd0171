package io.pramd.daemon.layout;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Immutable. What the last daemon on this file was doing. Nothing depends on it that a root slot
 * could answer.
 */
public final class RunRecordLayout {
    static final Field PID = MetadataPage.CSUM.next("pid", Long.BYTES, "process id of the daemon");
    static final Field BOOT_ID = PID.next("boot_id", 16, "of the kernel it ran under");
    static final Field STARTED_MILLIS =
            BOOT_ID.next("started_millis", Long.BYTES, "ms since the epoch");
    static final Field FORCE_IN_PROGRESS =
            STARTED_MILLIS.next(
                    "force_in_progress",
                    Long.BYTES,
                    "a force began under this sequence and has not succeeded; 0 none");

    public static final List<Field> FIELDS =
            List.of(
                    MetadataPage.MAGIC,
                    MetadataPage.CSUM,
                    PID,
                    BOOT_ID,
                    STARTED_MILLIS,
                    FORCE_IN_PROGRESS);

    private RunRecordLayout() {}

    /** All fields of the record. */
    public record Run(long pid, BootId bootId, long startedMillis, long forceInProgress) {}

    public static void write(ByteBuffer page, Run run) {
        MetadataPage.clear(page);
        MetadataPage.magic(page, Magic.RUN_RECORD);
        page.putLong(PID.offset(), run.pid());
        run.bootId().write(page, BOOT_ID.offset());
        page.putLong(STARTED_MILLIS.offset(), run.startedMillis());
        page.putLong(FORCE_IN_PROGRESS.offset(), run.forceInProgress());
    }

    public static Run read(ByteBuffer page) {
        return new Run(
                page.getLong(PID.offset()),
                BootId.read(page, BOOT_ID.offset()),
                page.getLong(STARTED_MILLIS.offset()),
                page.getLong(FORCE_IN_PROGRESS.offset()));
    }
}
