package io.pramd.daemon.layout;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Immutable. A root slot: which directory tree is in force, since which sequence, and under which
 * boot of the kernel it was written.
 */
public final class RootSlotLayout {
    /** The slot is written by every commit, and counts only under its own boot id. */
    public static final int KIND_CURRENT = 1;

    /** The slot is written only after all it reaches was forced, and always counts. */
    public static final int KIND_FORCED = 2;

    static final Field KIND = MetadataPage.CSUM.next("kind", Integer.BYTES, "1 current, 2 forced");

    /** Offset of the kind, bytes. */
    public static final int KIND_OFFSET = KIND.offset();

    static final Field DURABILITY =
            KIND.next(
                    "durability",
                    Integer.BYTES,
                    "strongest level that the daemon, or a change not forced yet, asks of it: 1"
                            + " process, 2 interval, 3 power");
    static final Field SEQUENCE =
            DURABILITY.next("sequence", Long.BYTES, "of the root; never used twice");
    static final Field BOOT_ID =
            SEQUENCE.next("boot_id", 16, "of the kernel under which the slot was written");
    static final Field ROOT_PFN_1 =
            BOOT_ID.next("root_pfn_1", Long.BYTES, "top directory page, first copy");
    static final Field ROOT_PFN_2 =
            ROOT_PFN_1.next("root_pfn_2", Long.BYTES, "top directory page, second copy");
    static final Field ROOT_CSUM =
            ROOT_PFN_2.next("root_csum", Integer.BYTES, "csum of the top directory page");
    static final Field ROOT_LEVEL =
            ROOT_CSUM.next("root_level", Integer.BYTES, "level of the top page; 0 is a leaf");
    static final Field NODE_COUNT =
            ROOT_LEVEL.next("node_count", Long.BYTES, "leaf entries in use");

    public static final List<Field> FIELDS =
            List.of(
                    MetadataPage.MAGIC,
                    MetadataPage.CSUM,
                    KIND,
                    DURABILITY,
                    SEQUENCE,
                    BOOT_ID,
                    ROOT_PFN_1,
                    ROOT_PFN_2,
                    ROOT_CSUM,
                    ROOT_LEVEL,
                    NODE_COUNT);

    private RootSlotLayout() {}

    /** Everything a slot says but its kind. */
    public record Slot(
            int durability,
            long sequence,
            BootId bootId,
            long rootPfn1,
            long rootPfn2,
            int rootCsum,
            int rootLevel,
            long nodeCount) {}

    public static void write(ByteBuffer page, int kind, Slot slot) {
        MetadataPage.clear(page);
        MetadataPage.magic(page, Magic.ROOT_SLOT);
        page.putInt(KIND.offset(), kind);
        page.putInt(DURABILITY.offset(), slot.durability());
        page.putLong(SEQUENCE.offset(), slot.sequence());
        slot.bootId().write(page, BOOT_ID.offset());
        page.putLong(ROOT_PFN_1.offset(), slot.rootPfn1());
        page.putLong(ROOT_PFN_2.offset(), slot.rootPfn2());
        page.putInt(ROOT_CSUM.offset(), slot.rootCsum());
        page.putInt(ROOT_LEVEL.offset(), slot.rootLevel());
        page.putLong(NODE_COUNT.offset(), slot.nodeCount());
    }

    public static int kind(ByteBuffer page) {
        return page.getInt(KIND.offset());
    }

    public static Slot read(ByteBuffer page) {
        return new Slot(
                page.getInt(DURABILITY.offset()),
                page.getLong(SEQUENCE.offset()),
                BootId.read(page, BOOT_ID.offset()),
                page.getLong(ROOT_PFN_1.offset()),
                page.getLong(ROOT_PFN_2.offset()),
                page.getInt(ROOT_CSUM.offset()),
                page.getInt(ROOT_LEVEL.offset()),
                page.getLong(NODE_COUNT.offset()));
    }
}
