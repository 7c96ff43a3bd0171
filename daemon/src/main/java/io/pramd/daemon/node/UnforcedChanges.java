package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Thread-safe. Changes that a root in its slot holds, and that nobody may see before that root has
 * been forced: level {@code power}. Commits go on meanwhile; all that wait share the next force.
 */
final class UnforcedChanges {
    private final NodeTable table;
    private final Deque<Batch> batches = new ArrayDeque<>();

    private record Batch(long rootSequence, List<PendingChange> changes) {}

    UnforcedChanges(NodeTable table) {
        this.table = table;
    }

    /** Before the root can be forced; a force of it, or of a newer one, must be asked for. */
    synchronized void add(long rootSequence, List<PendingChange> changes) {
        batches.add(new Batch(rootSequence, changes));
    }

    /** Makes visible what a root holds that has been forced; answers it, to be told. */
    synchronized List<PendingChange> publish(long rootSequence) {
        List<PendingChange> visible = new ArrayList<>();
        while (!batches.isEmpty() && batches.peek().rootSequence() <= rootSequence) {
            visible.addAll(batches.remove().changes());
        }
        visible.forEach(change -> change.apply(table));
        return visible;
    }

    /** Whether they are on the device will never be known by this process. */
    void fail(StoreException why) {
        List<Batch> failed;
        synchronized (this) {
            failed = List.copyOf(batches);
            batches.clear();
        }
        failed.forEach(batch -> batch.changes().forEach(change -> change.fail(why)));
    }
}
