package io.pramd.daemon.recovery;

import io.pramd.daemon.node.OpenSave;
import io.pramd.daemon.node.QuarantinedNode;
import io.pramd.daemon.node.SeenNode;
import io.pramd.daemon.node.StoreView;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * Immutable. What has changed since a survey was made, as far as the nodes tell: which saves are
 * open and what frames they have, who reads, and what was quarantined.
 */
final class Overlay {
    private final Granted granted;
    private final List<OpenSave> saves;
    private final BitSet read = new BitSet();
    private final BitSet quarantined = new BitSet();
    private final boolean isQuiet;
    private final long version;

    Overlay(FrameSurvey survey, StoreView store) {
        boolean isSettled = store.isSettled();
        boolean isSameRoot = store.key().filter(survey.key()::equals).isPresent();
        NodeRows rows = survey.rows();
        List<SeenNode> readers = store.read();
        List<QuarantinedNode> damaged = store.quarantined();
        List<OpenSave> open = store.saves();
        List<Long> sequences = new ArrayList<>();
        readers.forEach(node -> sequences.add(node.sequence()));
        damaged.forEach(node -> sequences.add(node.node().sequence()));
        open.forEach(save -> sequences.add(save.info().sequence()));
        Map<Long, Integer> found = rows.orders().find(sequences);
        long mixed = survey.key().hashCode();
        for (SeenNode node : readers) {
            mark(read, rows, found, node);
            mixed = 31 * mixed + node.sequence();
        }
        for (QuarantinedNode node : damaged) {
            mark(quarantined, rows, found, node.node());
            mixed = 31 * mixed + node.pfn();
        }
        List<OpenSave> unreached = new ArrayList<>();
        for (OpenSave save : open) {
            // one that waits for its force is in the root already, with its frames
            if (!found.containsKey(save.info().sequence())) {
                unreached.add(save);
                mixed = 31 * mixed + save.info().sequence();
            }
        }
        saves = List.copyOf(unreached);
        granted = new Granted(saves);
        isQuiet = isSettled && isSameRoot && saves.isEmpty();
        version = 31 * mixed + (isQuiet ? 1 : 0);
    }

    private static void mark(
            BitSet marked, NodeRows rows, Map<Long, Integer> found, SeenNode node) {
        Integer row = found.get(node.sequence());
        if (row != null && rows.pfn(row) == node.pfn()) {
            marked.set(row);
        }
    }

    Granted granted() {
        return granted;
    }

    /** Saves that no root reaches. */
    List<OpenSave> saves() {
        return saves;
    }

    boolean hasMarked() {
        return !read.isEmpty() || !quarantined.isEmpty();
    }

    boolean isRead(int row) {
        return read.get(row);
    }

    boolean isQuarantined(int row) {
        return quarantined.get(row);
    }

    /**
     * Whether nothing was under way and the survey was of the root in force: then no frame in use
     * can be on its way into a node.
     */
    boolean isQuiet() {
        return isQuiet;
    }

    /** A number that stays the same as long as nothing of this changes. */
    long version() {
        return version;
    }
}
