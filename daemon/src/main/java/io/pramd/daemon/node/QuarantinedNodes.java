package io.pramd.daemon.node;

import java.util.List;
import java.util.Optional;

/**
 * Thread-safe: every method holds the {@link NodeTable}'s monitor, for a few steps and never for
 * I/O. The nodes without names, by the frames of their node pages.
 */
final class QuarantinedNodes {
    private final NodeTable table;
    private final QuarantineList list;

    QuarantinedNodes(NodeTable table, QuarantineList list) {
        this.table = table;
        this.list = list;
    }

    /** The node at this frame, pinned. */
    Node pin(long pfn) {
        synchronized (table) {
            Node node = list.require(pfn).node();
            node.pins++;
            return node;
        }
    }

    Quarantined require(long pfn) {
        synchronized (table) {
            return list.require(pfn);
        }
    }

    /** What is known of its name; empty when there is no such node. */
    Optional<String> name(long pfn) {
        synchronized (table) {
            return list.find(pfn).map(found -> found.node().name);
        }
    }

    /** Takes a node out of the listing while the commit that drops it is under way. */
    Quarantined leave(long pfn) {
        synchronized (table) {
            Quarantined found = list.require(pfn);
            list.remove(found.node());
            return found;
        }
    }

    /** The commit that should have dropped it failed. */
    void stays(Quarantined damage) {
        synchronized (table) {
            list.put(damage);
        }
    }

    void removed(Quarantined damage) {
        synchronized (table) {
            table.drop(damage.node(), "removed");
        }
    }

    /** How many were quarantined since the start, whatever has become of them. */
    long total() {
        synchronized (table) {
            return list.total();
        }
    }

    List<Quarantined> all() {
        synchronized (table) {
            return list.all();
        }
    }
}
