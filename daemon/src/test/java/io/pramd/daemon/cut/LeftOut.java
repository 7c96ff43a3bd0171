package io.pramd.daemon.cut;

import io.pramd.daemon.layout.FileLayout;
import java.util.function.Supplier;

/**
 * Immutable. A rule that a test leaves out, to see that its absence is found. None of it is a
 * switch of the product: either the simulated machine behaves as if a store or force had not been
 * there or had come at another time, or the test itself breaks the rule from outside.
 */
enum LeftOut {
    NOTHING(() -> Omission.NONE),

    // ---- forces
    /** What a root reaches is not forced. */
    FORCE_OF_TREE(() -> Omission.force((first, end) -> !isFixed(first) || end - first > 600)),
    /** The forced slot is not forced. */
    FORCE_OF_FORCED_SLOT(SlotForceOmitted::new),
    /** The reservation of sequences is not forced. */
    FORCE_OF_SEQUENCE_RECORD(() -> Omission.force((first, end) -> CutModes.isRecord(first))),
    /**
     * An opening neither stores the forced slots again nor forces them; nor does the first force of
     * everything, which would do for it.
     */
    FORCED_SLOTS_AGAIN_AT_OPEN(OpenRepairOmitted::new, Temper.FAILING, 35),
    /** An opening forces no root, whatever was promised. */
    FIRST_FORCE(FirstForceOmitted::new),

    // ---- orders
    /** The current slot is stored before the tree that it names. */
    TREE_BEFORE_CURRENT_SLOT(TreeAfterSlot::new),
    /** The forced slot is stored before what its root reaches is forced. */
    TREE_FORCED_BEFORE_FORCED_SLOT(TreeForcedAfterSlot::new),
    /** What a commit drops is free before its slot is stored. */
    CURRENT_SLOT_BEFORE_FREEING(SlotStoredLate::new),
    /** What a forced root drops is free before its slot is forced. */
    FORCED_SLOT_BEFORE_RELEASING(SlotForcedLate::new),
    /** A change of level power is seen before it is forced. */
    FORCED_BEFORE_VISIBLE(() -> Omission.NONE),
    /** Slots are not written in turn: the newest is overwritten. */
    NEVER_THE_NEWEST_SLOT(OneSlotOnly::new),

    // ---- starts
    /** A current slot counts under any boot. */
    BOOT_ID(() -> Omission.NONE),
    /** The chosen root is stored again under the sequence that it had. */
    FRESH_SEQUENCE_AT_OPEN(OldSequenceAtOpen::new, Temper.FAILING, 1),
    /** What only forced roots reach is free from the start. */
    WALK_OF_FORCED_ROOTS(() -> Omission.NONE, Temper.UNFORCED, 1),
    /** A current root is taken though a force is known to have failed. */
    MARKER(() -> Omission.NONE, Temper.FAILING, 1),
    /** Behind a force that was under way nothing is stored again. */
    STORING_AGAIN(StoredAgainOmitted::new, Temper.FAILING, 2),
    /** No force in progress is noted. */
    NOTE_OF_FORCE(
            () -> Omission.store(pfn -> pfn % 512 == FileLayout.RUN_RECORD_PFN),
            Temper.FAILING,
            16),

    // ---- frames and copies
    /** What the root being forced reaches is not protected while it is being forced. */
    FRAMES_OF_ROOT_BEING_FORCED(() -> Omission.NONE),
    /** Slots and records have one copy. */
    SECOND_COPIES_OF_FIXED_FRAMES(
            () -> Omission.store(pfn -> isFixed(pfn) && pfn >= FileLayout.SECOND_COPY_DISTANCE),
            null,
            11),
    /** Directory pages have one copy. */
    SECOND_COPIES_OF_DIRECTORY_PAGES(TwinsOmitted::new, null, 13);

    private final Supplier<Omission> omission;
    private final Temper temper;
    private final long seed;

    LeftOut(Supplier<Omission> omission) {
        this(omission, null, 1);
    }

    LeftOut(Supplier<Omission> omission, Temper temper, long seed) {
        this.omission = omission;
        this.temper = temper;
        this.seed = seed;
    }

    /** From which on its absence is found soon. */
    long seed() {
        return seed;
    }

    /** What brings the rule's absence up soon; null: anything. */
    Temper temper() {
        return temper;
    }

    /** For one process. */
    Omission omission() {
        return omission.get();
    }

    private static boolean isFixed(int pfn) {
        return FileLayout.isFixed(pfn) && pfn > 0;
    }
}
