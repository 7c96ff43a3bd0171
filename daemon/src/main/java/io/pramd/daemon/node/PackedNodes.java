package io.pramd.daemon.node;

import io.pramd.daemon.node.SecretHash.Hash;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * One owner: guarded by the {@link NodeTable}'s monitor. The nodes that have a name and that a root
 * reaches, 56 bytes each outside the heap, by their slot; found by name, by save id and in sequence
 * order. Of a name a hash is kept, which stands for it: nothing is read to find a node.
 */
final class PackedNodes {
    /** What is answered when there is no such node. */
    static final int NONE = SlotTable.NONE;

    private static final int NAME_HIGH = 0;
    private static final int NAME_LOW = NAME_HIGH + Long.BYTES;
    private static final int KEY_HIGH = NAME_LOW + Long.BYTES;
    private static final int KEY_LOW = KEY_HIGH + Long.BYTES;
    private static final int SEQUENCE = KEY_LOW + Long.BYTES;
    private static final int PFN = SEQUENCE + Long.BYTES; // 0: the slot has no node here
    private static final int CSUM = PFN + Long.BYTES;
    private static final int RECORD_BYTES = CSUM + Long.BYTES;

    /** Records come in parts, so that growing copies none of them. */
    private static final int PART_BITS = 10;

    private static final int PART_SLOTS = 1 << PART_BITS;

    private final SecretHash hash = SecretHash.random();
    private final SlotTable names = new SlotTable(slot -> number(slot, NAME_LOW));
    private final SlotTable keys = new SlotTable(slot -> hash(key(slot)));
    private final SequenceOrder order = new SequenceOrder(this::sequence);
    private final SlotNumbers tickets = new SlotNumbers();
    private final SlotNumbers expiries = new SlotNumbers();
    private MemorySegment[] parts = new MemorySegment[0];

    /** Makes room in the tables for so many nodes, all with save ids. */
    void expect(int nodes) {
        names.expect(nodes);
        keys.expect(nodes);
    }

    boolean isUsed(int slot) {
        int part = slot >>> PART_BITS;
        return part < parts.length && parts[part] != null && pfn(slot) != 0;
    }

    /** The slot of the node with that name. */
    int named(String name) {
        Hash wanted = hash.of(name);
        return names.find(wanted.low(), slot -> isNamed(slot, wanted));
    }

    boolean isNamed(int slot, String name) {
        return isNamed(slot, hash.of(name));
    }

    private boolean isNamed(int slot, Hash wanted) {
        return number(slot, NAME_LOW) == wanted.low() && number(slot, NAME_HIGH) == wanted.high();
    }

    /** The slot of the node that was saved with that id. */
    int savedAs(SaveKey key) {
        return key.isNone() ? NONE : savedAs(key, hash(key));
    }

    private int savedAs(SaveKey key, long hash) {
        return keys.find(
                hash,
                slot -> number(slot, KEY_LOW) == key.low() && number(slot, KEY_HIGH) == key.high());
    }

    private long hash(SaveKey key) {
        return hash.of(key.high(), key.low()).low();
    }

    boolean isListed(long sequence) {
        return order.contains(sequence);
    }

    /** Slots of nodes behind a sequence, in order, at most so many. */
    int[] after(long sequence, int limit) {
        return order.after(sequence, limit);
    }

    /**
     * Adds a node under its slot, which must not be used; no other may have its name or sequence.
     *
     * @param isFoundByKey whether nobody else has its save id
     */
    void add(Node node, boolean isFoundByKey) {
        int slot = node.slot;
        makeRoom(slot >>> PART_BITS);
        Hash name = hash.of(node.name);
        set(slot, NAME_HIGH, name.high());
        set(slot, NAME_LOW, name.low());
        set(slot, KEY_HIGH, node.saveKey.high());
        set(slot, KEY_LOW, node.saveKey.low());
        set(slot, SEQUENCE, node.sequence);
        set(slot, PFN, node.pfn);
        part(slot).set(ValueLayout.JAVA_INT, offset(slot) + CSUM, node.csum);
        tickets.set(slot, node.ticket);
        expiries.set(slot, node.expiryMillis);
        names.add(slot, name.low());
        order.add(slot);
        if (isFoundByKey && !node.saveKey.isNone()) {
            addKey(slot, node.saveKey);
        }
    }

    private void addKey(int slot, SaveKey key) {
        long hash = hash(key);
        if (savedAs(key, hash) == NONE) {
            keys.add(slot, hash);
        }
    }

    private void makeRoom(int part) {
        if (part >= parts.length) {
            parts = Arrays.copyOf(parts, Math.max(part + 1, parts.length * 2));
        }
        if (parts[part] == null) {
            parts[part] = Arena.ofAuto().allocate((long) PART_SLOTS * RECORD_BYTES, Long.BYTES);
        }
    }

    void remove(int slot) {
        names.remove(slot);
        order.remove(slot);
        if (!key(slot).isNone()) {
            keys.remove(slot);
        }
        set(slot, PFN, 0);
        tickets.set(slot, 0);
        expiries.set(slot, 0);
    }

    /** What was charged for each node; only of those for which anybody was. */
    SlotNumbers tickets() {
        return tickets;
    }

    /** When nodes expire, of those that do. */
    SlotNumbers expiries() {
        return expiries;
    }

    /** The node of a slot as an object, ready. */
    Node node(int slot, String name) {
        Node node = new Node(name, sequence(slot), key(slot), State.READY);
        node.slot = slot;
        node.pfn = pfn(slot);
        node.csum = csum(slot);
        node.expiryMillis = expiries.get(slot);
        return node;
    }

    long sequence(int slot) {
        return number(slot, SEQUENCE);
    }

    long pfn(int slot) {
        return number(slot, PFN);
    }

    int csum(int slot) {
        return part(slot).get(ValueLayout.JAVA_INT, offset(slot) + CSUM);
    }

    private SaveKey key(int slot) {
        return new SaveKey(number(slot, KEY_HIGH), number(slot, KEY_LOW));
    }

    private long number(int slot, int field) {
        return part(slot).get(ValueLayout.JAVA_LONG, offset(slot) + field);
    }

    private void set(int slot, int field, long number) {
        part(slot).set(ValueLayout.JAVA_LONG, offset(slot) + field, number);
    }

    private MemorySegment part(int slot) {
        return parts[slot >>> PART_BITS];
    }

    private static long offset(int slot) {
        return (long) (slot & (PART_SLOTS - 1)) * RECORD_BYTES;
    }
}
