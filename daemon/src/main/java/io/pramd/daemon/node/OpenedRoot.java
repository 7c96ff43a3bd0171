package io.pramd.daemon.node;

import java.util.List;

/**
 * Immutable. What the opening hands over: the root that is in force, its tree, and where the next
 * ones go.
 *
 * @param root under the sequence that the opening gave it
 * @param tree filled from the leaves
 * @param forcedSequences of the valid forced slots: what they reach is held
 * @param wasEmpty whether no save was ever committed to this file
 */
public record OpenedRoot(
        Root root,
        DirectoryTree tree,
        Sequences sequences,
        RootSlots currentSlots,
        RootSlots forcedSlots,
        List<Long> forcedSequences,
        boolean wasEmpty) {}
