package io.pramd.daemon.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Thread-safe: every method holds the {@link NodeTable}'s monitor, for a few steps and never for
 * I/O. The nodes for who only looks at them: lists, and draws.
 */
final class SeenNodes {
    private final NodeTable table;
    private final NodeIndex index;
    private final QuarantineList quarantined;

    SeenNodes(NodeTable table, NodeIndex index, QuarantineList quarantined) {
        this.table = table;
        this.index = index;
        this.quarantined = quarantined;
    }

    /**
     * Named nodes behind a sequence, in order, at most so many; empty at the end. Those in use are
     * pinned.
     */
    List<Listed> after(long sequence, int limit) {
        synchronized (table) {
            List<Listed> listed = index.after(sequence, limit);
            for (Listed each : listed) {
                if (each instanceof Listed.InUse(Node node)) {
                    node.pins++;
                }
            }
            return listed;
        }
    }

    /** The streams that are open, or whose commits are under way. */
    List<SaveStream> saves() {
        List<SaveStream> saves = new ArrayList<>();
        synchronized (table) {
            index.forEachObject(
                    node -> {
                        add(saves, node);
                        if (node.replacement != null) {
                            add(saves, node.replacement);
                        }
                    });
        }
        return saves;
    }

    private static void add(List<SaveStream> saves, Node node) {
        SaveStream saver = node.saver;
        if (saver != null) {
            saves.add(saver);
        }
    }

    /** Nodes that somebody reads and that are not gone. */
    List<SeenNode> read() {
        List<SeenNode> read = new ArrayList<>();
        synchronized (table) {
            index.forEachObject(
                    node -> {
                        if (node.pins > 0 && !node.is(State.SAVING)) {
                            read.add(SeenNode.of(node));
                        }
                    });
        }
        return read;
    }

    List<QuarantinedNode> quarantined() {
        synchronized (table) {
            return quarantined.all().stream().map(QuarantinedNode::of).toList();
        }
    }

    Optional<QuarantinedNode> quarantined(long pfn) {
        synchronized (table) {
            return quarantined.find(pfn).map(QuarantinedNode::of);
        }
    }

    Optional<SeenNode> at(int slot, long sequence) {
        synchronized (table) {
            return index.seen(slot, sequence);
        }
    }

    Optional<SeenNode> named(String name) {
        synchronized (table) {
            return index.seen(name);
        }
    }

    Optional<SeenNode> of(long sequence) {
        synchronized (table) {
            return index.seen(sequence);
        }
    }
}
