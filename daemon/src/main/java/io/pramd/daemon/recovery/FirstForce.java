package io.pramd.daemon.recovery;

import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.OpenedRoot;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.node.StoreContext;

/**
 * One owner: the opening, then its background task. Step 3 of an opening: makes the chosen root a
 * forced one where somebody was, or will be, promised that a power cut does not take it back.
 */
final class FirstForce {
    private final StoreContext context;
    private final OpenedRoot opened;
    private final RootChoice choice;
    private final Found found;
    private final RecoveryReport report;

    /**
     * What the opening found.
     *
     * @param isMarked whether a force is known to have failed
     * @param isInterrupted whether a force was under way when the last process ended
     * @param hasLostForcedSlot whether of a forced slot no copy verifies
     */
    record Found(boolean isMarked, boolean isInterrupted, boolean hasLostForcedSlot) {}

    /** When a root must be forced. */
    enum When {
        /** Nobody was promised more than is so. */
        NEVER,
        /** Before outcome or finish is answered, and before anything is changed. */
        BEFORE_CHANGES,
        /** Before anything is served. */
        BEFORE_SERVING
    }

    FirstForce(
            StoreContext context,
            OpenedRoot opened,
            RootChoice choice,
            Found found,
            RecoveryReport report) {
        this.context = context;
        this.opened = opened;
        this.choice = choice;
        this.found = found;
        this.report = report;
    }

    When when() {
        if (!context.memory().isOnDevice()) {
            return When.NEVER;
        }
        if (found.isMarked()) {
            return When.BEFORE_SERVING;
        }
        if (opened.isForced() && !found.hasLostForcedSlot()) {
            return When.NEVER;
        }
        return switch (opened.promised().or(context.durability())) {
            case POWER -> When.BEFORE_SERVING;
            case INTERVAL -> When.BEFORE_CHANGES;
            case PROCESS ->
                    found.isInterrupted() || found.hasLostForcedSlot()
                            ? When.BEFORE_CHANGES
                            : When.NEVER;
        };
    }

    /**
     * Forces the root; no other can come back behind it.
     *
     * @throws StoreException EIO, outcome unknown, when the device fails
     */
    void run() {
        Root root = opened.root();
        MappedMemory memory = context.memory();
        if (found.isInterrupted() && !found.isMarked() && !opened.isForced()) {
            storeAgain(memory);
        }
        // the first force in a process: of everything
        opened.run().during(root.sequence(), memory.forcer()::forceReached);
        reached(CrashPoint.TREE_FORCED);
        opened.forcedSlots().storeNext(root, context.durability());
        reached(CrashPoint.FORCED_SLOT_STORED);
        opened.run().during(root.sequence(), opened.forcedSlots()::forceNewest);
        opened.run().rootForced();
        reached(CrashPoint.ROOT_FORCED);
        report.add("the root is forced: sequence=" + root.sequence());
    }

    private void storeAgain(MappedMemory memory) {
        StoredAgain again = new StoredAgain(memory, context.uuid());
        if (!choice.forced().isEmpty()) {
            TreeReader trees = new TreeReader(memory::read, context.uuid(), memory.frameCount());
            try {
                again.skip(trees.read(Root.of(choice.forced().getFirst().slot())));
            } catch (StoreException e) {
                report.warn("the last forced root is not readable: " + e.getMessage());
            }
        }
        again.store(choice.tree());
        if (again.isWhole()) {
            report.add(again.found());
        } else {
            report.warn(again.found());
        }
    }

    private void reached(CrashPoint point) {
        context.crashPoints().reached(point);
    }
}
