package io.pramd.daemon.node;

import io.pramd.daemon.quota.Quotas;
import java.util.List;

/**
 * Thread-safe: every method holds the {@link NodeTable}'s monitor, for a few steps and never for
 * I/O. Who is charged for which node: each node that is there, named or not, keeps the ticket that
 * the quotas gave for it, and gives it back in the same step in which it is gone.
 */
final class ChargedNodes {
    private final NodeTable table;
    private final NodeIndex index;
    private final Quotas quotas;
    private int lingering; // guarded by the table

    ChargedNodes(NodeTable table, NodeIndex index, Quotas quotas) {
        this.table = table;
        this.index = index;
        this.quotas = quotas;
    }

    /** Called under the monitor: the opening has read the page of a node. */
    void found(Node node, String owner, long pages) {
        node.ticket = quotas.charge(owner, node.name, pages);
    }

    /** Called under the monitor: nobody is charged for the node any more. */
    void gone(Node node) {
        quotas.giveBack(index.ticket(node));
        index.ticket(node, 0);
    }

    /**
     * Called under the monitor: nothing reaches the node any more. Who still reads it keeps its
     * frames from everybody, so until then they count for who put it there: else one could fill a
     * file with nodes that one peeks and removes.
     */
    void dropped(Node node) {
        if (node.pins == 0) {
            gone(node);
        } else {
            node.isLingering = true;
            lingering++;
        }
    }

    /** Called under the monitor: a pin of the node has gone. */
    void unpinned(Node node) {
        if (node.isLingering && node.pins == 0) {
            node.isLingering = false;
            lingering--;
            gone(node);
        }
    }

    /** Nodes that are gone and still count. */
    int lingering() {
        synchronized (table) {
            return lingering;
        }
    }

    /**
     * Charges a node anew, by the rules in force now; of one that is gone nothing happens.
     *
     * @param info what its page says
     */
    void again(Node node, NodeInfo info) {
        synchronized (table) {
            boolean isThere =
                    !node.is(State.ABSENT)
                            && !node.is(State.SAVING)
                            && info.sequence() == node.sequence;
            if (isThere) {
                long before = index.ticket(node);
                index.ticket(node, quotas.charge(info.owner(), info.name(), info.pages()));
                quotas.giveBack(before);
            }
        }
    }

    /** The same of a node that nobody used when it was listed. */
    void again(Listed.AtRest place, NodeInfo info) {
        synchronized (table) {
            Node node = index.atSlot(place.slot(), place.sequence(), info.name());
            // one that a commit is about to drop has no slot, and may get it back
            Node found = node != null ? node : index.named(info.name());
            if (found != null) {
                again(found, info);
            }
        }
    }

    /** All nodes without names, also those that a commit is about to drop. */
    List<Node> unnamed() {
        synchronized (table) {
            return index.allUnnamed();
        }
    }
}
