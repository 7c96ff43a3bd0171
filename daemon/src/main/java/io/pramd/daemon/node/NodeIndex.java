package io.pramd.daemon.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One owner: guarded by the {@link NodeTable}'s monitor. Finds nodes by what people and leaf
 * entries call them.
 */
final class NodeIndex {
    private final Map<String, Node> byName = new HashMap<>();
    private final Map<SaveKey, Node> bySaveKey = new HashMap<>();
    private final TreeMap<Long, Node> bySequence = new TreeMap<>();
    private final Map<Integer, Node> bySlot = new HashMap<>();

    private final long[] counts = new long[State.values().length];

    /** The node that has the name now, or null. */
    Node named(String name) {
        return byName.get(name);
    }

    /** The node of a save id, or null. */
    Node savedAs(SaveKey key) {
        return bySaveKey.get(key);
    }

    /** Whether a node in the listing has this sequence. */
    boolean isListed(long sequence) {
        return bySequence.containsKey(sequence);
    }

    Optional<Node> atSlot(int slot) {
        return Optional.ofNullable(bySlot.get(slot));
    }

    /** Gives a node its name, and its place in the listing. */
    void name(Node node) {
        byName.put(node.name, node);
        bySequence.put(node.sequence, node);
    }

    /** Takes a node's name, if it has it, and its place in the listing. */
    void unname(Node node) {
        byName.remove(node.name, node);
        bySequence.remove(node.sequence, node);
    }

    void addSaveKey(Node node) {
        if (!node.saveKey.isNone()) {
            bySaveKey.putIfAbsent(node.saveKey, node);
        }
    }

    void removeSaveKey(Node node) {
        bySaveKey.remove(node.saveKey, node);
    }

    /** Answers whether the slot had no node before. */
    boolean addSlot(Node node) {
        return bySlot.putIfAbsent(node.slot, node) == null;
    }

    void replaceSlot(Node node) {
        bySlot.put(node.slot, node);
    }

    void removeSlot(Node node) {
        bySlot.remove(node.slot, node);
    }

    /** Nodes with names behind a sequence, in order, at most so many; empty at the end. */
    List<Node> after(long sequence, int limit) {
        List<Node> nodes = new ArrayList<>();
        for (Node node : bySequence.tailMap(sequence, false).values()) {
            if (nodes.size() == limit) {
                break;
            }
            nodes.add(node);
        }
        return nodes;
    }

    /** Names of ready nodes with a prefix, in sequence order. */
    List<String> readyNames(String prefix) {
        return bySequence.values().stream()
                .filter(node -> node.is(State.READY) && node.name.startsWith(prefix))
                .map(node -> node.name)
                .toList();
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
