package io.pramd.daemon.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One owner: guarded by the {@link NodeTable}'s monitor. Finds nodes by what people and leaf
 * entries call them.
 *
 * <p>A node that a root reaches and that has its name is packed. It is an object as well while
 * somebody uses it (is pinned, loading, or being replaced), and then there is one such object, so
 * that who holds it may compare it. All others (being saved, leaving, without their names) are
 * objects only: a commit may give their slot to another before they are gone.
 */
final class NodeIndex {
    private final PackedNodes packed = new PackedNodes();
    // of packed nodes, by slot
    private final Map<Integer, Node> inUse = new HashMap<>();
    // of all others
    private final Map<String, Node> byName = new HashMap<>();
    private final Map<SaveKey, Node> bySaveKey = new HashMap<>();
    private final TreeMap<Long, Node> bySequence = new TreeMap<>();
    // of those that the opening has found and that have no names
    private final Map<Integer, Node> unnamed = new HashMap<>();

    private final long[] counts = new long[State.values().length];
    // became an object for one step of the table, behind which nobody may have come to use it
    private Node lastFound;

    /** So many nodes will be packed. */
    void expect(int nodes) {
        packed.expect(nodes);
    }

    /** The node that has the name now, or null. */
    Node named(String name) {
        Node node = byName.get(name);
        if (node != null) {
            return node;
        }
        int slot = packed.named(name);
        return slot == PackedNodes.NONE ? null : inUse(slot, name);
    }

    private Node inUse(int slot, String name) {
        Node present = inUse.get(slot);
        if (present != null) {
            return present;
        }
        if (lastFound != null) {
            settle(lastFound);
        }
        lastFound = packed.node(slot, name);
        lastFound.isPacked = true;
        inUse.put(slot, lastFound);
        return lastFound;
    }

    /**
     * A packed node that may have come out of use: if it has, there is no object of it any more.
     */
    void settle(Node node) {
        if (node.isPacked && node.isAtRest()) {
            inUse.remove(node.slot, node);
        }
    }

    /**
     * The node with that sequence in a slot, or null, to be quarantined at once: where the claim is
     * not its name it has none.
     */
    Node atSlot(int slot, long sequence, String claimedName) {
        if (!packed.isUsed(slot) || packed.sequence(slot) != sequence) {
            return null;
        }
        return inUse(slot, packed.isNamed(slot, claimedName) ? claimedName : "");
    }

    /** Whether a node was found for the slot, whatever has become of it. */
    boolean isKnown(int slot) {
        return packed.isUsed(slot) || unnamed.containsKey(slot);
    }

    /** The sequence of the node in a slot; 0 when there is none with a name. */
    long sequenceAt(int slot) {
        return packed.isUsed(slot) ? packed.sequence(slot) : 0;
    }

    /** The node without a name that was found for the slot, or null. */
    Node unnamedAt(int slot) {
        return unnamed.get(slot);
    }

    /** The node of a save id if it is not packed, or null. */
    Node savedAs(SaveKey key) {
        return bySaveKey.get(key);
    }

    /** The sequence of the packed node of a save id; 0 when there is none. */
    long packedSavedAs(SaveKey key) {
        int slot = packed.savedAs(key);
        return slot == PackedNodes.NONE ? 0 : packed.sequence(slot);
    }

    /** Whether a node in the listing has this sequence. */
    boolean isListed(long sequence) {
        return bySequence.containsKey(sequence) || packed.isListed(sequence);
    }

    /** Gives a node that no root reaches yet its name, and its place in the listing. */
    void name(Node node) {
        byName.put(node.name, node);
        bySequence.put(node.sequence, node);
    }

    /** Gives a node that a root reaches its name, and its place in the listing; it can be used. */
    void pack(Node node) {
        if (packed.isUsed(node.slot)) {
            // it was to go, and its slot had gone to another when its commit failed
            name(node);
            addSaveKey(node);
            return;
        }
        byName.remove(node.name, node);
        bySequence.remove(node.sequence, node);
        unnamed.remove(node.slot, node);
        bySaveKey.remove(node.saveKey, node);
        packed.add(node, !bySaveKey.containsKey(node.saveKey));
        node.isPacked = true;
        inUse.put(node.slot, node);
        settle(node);
    }

    /** A node is about to go: from here on its slot may be another's. It keeps its name. */
    void unpack(Node node) {
        if (node.isPacked) {
            unname(node);
            name(node);
        }
    }

    /** Takes a node's name, if it has it, and its place in the listing. */
    void unname(Node node) {
        if (node.isPacked) {
            node.ticket = packed.tickets().get(node.slot);
            packed.remove(node.slot);
            inUse.remove(node.slot, node);
            node.isPacked = false;
            addSaveKey(node);
        } else {
            byName.remove(node.name, node);
            bySequence.remove(node.sequence, node);
        }
    }

    /** When the nodes with names expire, by their slots. */
    SlotNumbers expiries() {
        return packed.expiries();
    }

    /** Nodes that nobody uses and whose time was over then, at most so many. */
    List<Listed.AtRest> expiredAtRest(long nowMillis, int limit) {
        List<Listed.AtRest> nodes = new ArrayList<>();
        for (int slot : packed.expiries().upTo(nowMillis, limit, this::isAtRest)) {
            nodes.add(atRest(slot));
        }
        return nodes;
    }

    private boolean isAtRest(int slot) {
        Node node = inUse.get(slot);
        return node == null || node.isAtRest();
    }

    private Listed.AtRest atRest(int slot) {
        return new Listed.AtRest(slot, packed.sequence(slot), packed.pfn(slot), packed.csum(slot));
    }

    /** What was charged for a node. */
    long ticket(Node node) {
        return node.isPacked ? packed.tickets().get(node.slot) : node.ticket;
    }

    void ticket(Node node, long ticket) {
        if (node.isPacked) {
            packed.tickets().set(node.slot, ticket);
        } else {
            node.ticket = ticket;
        }
    }

    /** Keeps a node that has no name in mind for its slot. */
    void addUnnamed(Node node) {
        unnamed.put(node.slot, node);
    }

    List<Node> allUnnamed() {
        return List.copyOf(unnamed.values());
    }

    void addSaveKey(Node node) {
        if (!node.saveKey.isNone() && packedSavedAs(node.saveKey) == 0) {
            bySaveKey.putIfAbsent(node.saveKey, node);
        }
    }

    /** A node is gone, or never was. */
    void forget(Node node) {
        unname(node);
        bySaveKey.remove(node.saveKey, node);
        unnamed.remove(node.slot, node);
    }

    /** Nodes with names behind a sequence, in order, at most so many; empty at the end. */
    List<Listed> after(long sequence, int limit) {
        List<Listed> nodes = new ArrayList<>();
        Iterator<Node> others = bySequence.tailMap(sequence, false).values().iterator();
        Node other = others.hasNext() ? others.next() : null;
        for (int slot : packed.after(sequence, limit)) {
            while (other != null && other.sequence < packed.sequence(slot)) {
                nodes.add(new Listed.InUse(other));
                other = others.hasNext() ? others.next() : null;
            }
            nodes.add(listed(slot));
        }
        while (other != null && nodes.size() < limit) {
            nodes.add(new Listed.InUse(other));
            other = others.hasNext() ? others.next() : null;
        }
        return nodes.size() > limit ? nodes.subList(0, limit) : nodes;
    }

    private Listed listed(int slot) {
        Node node = inUse.get(slot);
        return node != null ? new Listed.InUse(node) : atRest(slot);
    }

    /** Every node that is an object: all but those that nobody uses. */
    void forEachObject(Consumer<Node> visitor) {
        inUse.values().forEach(visitor);
        bySequence.values().forEach(visitor);
        unnamed.values().forEach(visitor);
    }

    /** The node of a slot with this sequence, whatever its state; empty when it has gone. */
    Optional<SeenNode> seen(int slot, long sequence) {
        if (packed.isUsed(slot) && packed.sequence(slot) == sequence) {
            Node node = inUse.get(slot);
            return Optional.of(node != null ? SeenNode.of(node) : SeenNode.of(atRest(slot)));
        }
        Node other = bySequence.get(sequence);
        return Optional.ofNullable(other != null ? other : unnamed.get(slot)).map(SeenNode::of);
    }

    /** The node that has the name now, or the one that is being saved under it. */
    Optional<SeenNode> seen(String name) {
        int slot = packed.named(name);
        Node node = slot == PackedNodes.NONE ? byName.get(name) : inUse.get(slot);
        if (node == null && slot != PackedNodes.NONE) {
            return Optional.of(SeenNode.of(atRest(slot)));
        }
        return Optional.ofNullable(node).map(SeenNode::of);
    }

    /** The node in the listing that has this sequence. */
    Optional<SeenNode> seen(long sequence) {
        Node other = bySequence.get(sequence);
        if (other != null) {
            return Optional.of(SeenNode.of(other));
        }
        int[] next = packed.after(sequence - 1, 1);
        return next.length == 0 ? Optional.empty() : seen(next[0], sequence);
    }

    /** A node that was not known before. */
    void entered(Node node) {
        counts[node.state().ordinal()]++;
    }

    void moveTo(Node node, State next, String why) {
        State before = node.state();
        node.moveTo(next, why);
        counts[before.ordinal()]--;
        counts[next.ordinal()]++;
    }

    /** Nodes in a state. */
    long count(State state) {
        return counts[state.ordinal()];
    }
}
