package io.pramd.daemon.node;

import io.pramd.daemon.layout.Durability;
import java.util.List;

/**
 * Immutable. What the opening hands over: the root that is in force, its tree, and where the next
 * ones go.
 *
 * @param root under the sequence that the opening gave it
 * @param tree filled from the leaves
 * @param forcedSequences of the valid forced slots: what they reach is held
 * @param isForced whether a forced slot holds the same tree
 * @param promised the strongest level asked of what the root holds and the forced one may not
 * @param wasEmpty whether no save was ever committed to this file
 */
public record OpenedRoot(
        Root root,
        DirectoryTree tree,
        Sequences sequences,
        RootSlots currentSlots,
        RootSlots forcedSlots,
        RunRecord run,
        List<Long> forcedSequences,
        boolean isForced,
        Durability promised,
        boolean wasEmpty) {

    /** The same, its root having been forced: no other can come back. */
    public OpenedRoot forced() {
        return new OpenedRoot(
                root,
                tree,
                sequences,
                currentSlots,
                forcedSlots,
                run,
                List.of(root.sequence()),
                true,
                Durability.PROCESS,
                wasEmpty);
    }
}
