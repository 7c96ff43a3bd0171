package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.node.ChainReader.Chain;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One owner while it is filled, then thread-safe. The nodes that a survey found, in the order of
 * their slots: 64 bytes and the name for each, outside the heap, where no collector copies what is
 * made anew again and again. Of very many nodes only the first are kept, and the others counted.
 */
final class NodeRows {
    private static final int ROWS_MAX = 1 << 20;

    /** The heap is sized by the machine, or by who runs the daemon: this is no more than a part. */
    private static final int HEAP_SHARE = 8;

    /** Bytes that a row takes with a name of some length, and its place in an order. */
    private static final int ROW_BYTES_WITH_NAME = 120;

    // a row
    private static final long SEQUENCE = 0;
    private static final long PFN = 8;
    private static final long LENGTH = 16;
    private static final long FRAMES = 24;
    private static final long CREATED = 32;
    private static final long EXPIRY = 40;
    private static final long SLOT = 48;
    private static final long OWNER = 52;
    private static final long NAME = 56; // where its length stands, and the bytes behind it
    private static final long FLAGS = 60;
    private static final long ROW_BYTES = 64;

    private static final int CHUNK_BITS = 20;
    private static final int NAME_ROOM = 1 + NodeLayout.NAME_BYTES_MAX;

    private static final int BYTE_STREAM = 1;
    private static final int DAMAGED = 2;

    private final Arena arena;
    private final long total;
    private final int count;
    private final MemorySegment rows;
    private final List<MemorySegment> nameChunks = new ArrayList<>();
    private int chunkUsed = 1 << CHUNK_BITS;
    private final byte[] nameRead = new byte[NAME_ROOM];
    private final List<String> ownerNames = new ArrayList<>();
    private final Map<String, Integer> ownerNumbers = new HashMap<>();
    private final NodeOrders orders = new NodeOrders(this);

    /**
     * @param arena that they live in
     */
    NodeRows(Arena arena, int nodes) {
        this(arena, nodes, rowsMax());
    }

    NodeRows(Arena arena, int nodes, int rowsMax) {
        this.arena = arena;
        total = nodes;
        count = Math.min(nodes, rowsMax);
        rows = arena.allocate(count * ROW_BYTES, Long.BYTES);
        ownerNumber("");
    }

    /** As many as an eighth of the largest heap would hold, and never more than a million. */
    private static int rowsMax() {
        long fit = Runtime.getRuntime().maxMemory() / HEAP_SHARE / ROW_BYTES_WITH_NAME;
        return (int) Math.min(ROWS_MAX, fit);
    }

    /** Takes a verified node page over into a row. */
    void set(int row, int slot, long pfn, ByteBuffer page) {
        place(row, slot, pfn);
        Chain chain = Chain.of(page);
        putLong(row, SEQUENCE, NodeLayout.sequence(page));
        putLong(row, LENGTH, NodeLayout.length(page));
        putLong(row, FRAMES, 1 + chain.linkFrames() + chain.pages());
        putLong(row, CREATED, NodeLayout.createdMillis(page));
        putLong(row, EXPIRY, NodeLayout.expiryMillis(page));
        putInt(row, OWNER, ownerNumber(NodeLayout.owner(page)));
        boolean isByteStream = NodeLayout.type(page) == NodeType.BYTE.number();
        putInt(row, FLAGS, isByteStream ? BYTE_STREAM : 0);
        putInt(row, NAME, addName(nameRead, NodeLayout.name(page, nameRead)));
    }

    /**
     * Of a node whose page does not verify.
     *
     * @param sequence 0: not known
     * @param name empty: not known
     */
    void setDamaged(int row, int slot, long pfn, long sequence, String name) {
        place(row, slot, pfn);
        putLong(row, SEQUENCE, sequence);
        putLong(row, FRAMES, 1);
        putInt(row, FLAGS, DAMAGED);
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        putInt(row, NAME, addName(bytes, Math.min(bytes.length, NodeLayout.NAME_BYTES_MAX)));
    }

    private void place(int row, int slot, long pfn) {
        putInt(row, SLOT, slot);
        putLong(row, PFN, pfn);
    }

    /** Of a damaged node: what was found of it. */
    void setFrames(int row, long found) {
        putLong(row, FRAMES, found);
    }

    private int ownerNumber(String name) {
        return ownerNumbers.computeIfAbsent(
                name,
                fresh -> {
                    ownerNames.add(fresh);
                    return ownerNames.size() - 1;
                });
    }

    private int addName(byte[] bytes, int length) {
        if (chunkUsed + NAME_ROOM > 1 << CHUNK_BITS) {
            long room = Math.min(1L << CHUNK_BITS, (long) Math.max(count, 1) * NAME_ROOM);
            nameChunks.add(arena.allocate(room));
            chunkUsed = 0;
        }
        MemorySegment chunk = nameChunks.getLast();
        int at = nameChunks.size() - 1 << CHUNK_BITS | chunkUsed;
        chunk.set(ValueLayout.JAVA_BYTE, chunkUsed, (byte) length);
        MemorySegment.copy(bytes, 0, chunk, ValueLayout.JAVA_BYTE, chunkUsed + 1, length);
        chunkUsed += 1 + length;
        return at;
    }

    private void putLong(int row, long field, long value) {
        rows.set(ValueLayout.JAVA_LONG, row * ROW_BYTES + field, value);
    }

    private void putInt(int row, long field, int value) {
        rows.set(ValueLayout.JAVA_INT, row * ROW_BYTES + field, value);
    }

    private long getLong(int row, long field) {
        return rows.get(ValueLayout.JAVA_LONG, row * ROW_BYTES + field);
    }

    private int getInt(int row, long field) {
        return rows.get(ValueLayout.JAVA_INT, row * ROW_BYTES + field);
    }

    /** Nodes that the root had, with a row or without. */
    long total() {
        return total;
    }

    /** Rows. */
    int count() {
        return count;
    }

    NodeOrders orders() {
        return orders;
    }

    int slot(int row) {
        return getInt(row, SLOT);
    }

    long sequence(int row) {
        return getLong(row, SEQUENCE);
    }

    long pfn(int row) {
        return getLong(row, PFN);
    }

    long length(int row) {
        return getLong(row, LENGTH);
    }

    long pages(int row) {
        return Math.ceilDiv(length(row), FileLayout.FRAME_BYTES);
    }

    long frames(int row) {
        return getLong(row, FRAMES);
    }

    long createdMillis(int row) {
        return getLong(row, CREATED);
    }

    /** 0: never. */
    long expiryMillis(int row) {
        return getLong(row, EXPIRY);
    }

    String owner(int row) {
        return ownerNames.get(getInt(row, OWNER));
    }

    NodeType type(int row) {
        return (getInt(row, FLAGS) & BYTE_STREAM) != 0 ? NodeType.BYTE : NodeType.PAGE;
    }

    /** Whether its page does not verify. */
    boolean isDamaged(int row) {
        return (getInt(row, FLAGS) & DAMAGED) != 0;
    }

    String name(int row) {
        byte[] bytes = new byte[nameLength(row)];
        MemorySegment.copy(
                chunk(row), ValueLayout.JAVA_BYTE, nameBegin(row), bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private MemorySegment chunk(int row) {
        return nameChunks.get(getInt(row, NAME) >>> CHUNK_BITS);
    }

    private int nameBegin(int row) {
        return (getInt(row, NAME) & (1 << CHUNK_BITS) - 1) + 1;
    }

    private int nameLength(int row) {
        return Byte.toUnsignedInt(chunk(row).get(ValueLayout.JAVA_BYTE, nameBegin(row) - 1L));
    }

    private int nameByte(int row, int index) {
        return Byte.toUnsignedInt(chunk(row).get(ValueLayout.JAVA_BYTE, nameBegin(row) + index));
    }

    /** In the order of the names' bytes, which is that of their characters. */
    int compareNames(int row, int other) {
        int length = nameLength(row);
        int otherLength = nameLength(other);
        long first =
                MemorySegment.mismatch(
                        chunk(row),
                        nameBegin(row),
                        nameBegin(row) + length,
                        chunk(other),
                        nameBegin(other),
                        nameBegin(other) + otherLength);
        boolean isPrefix = first < 0 || first == Math.min(length, otherLength);
        return isPrefix
                ? Integer.compare(length, otherLength)
                : Integer.compare(nameByte(row, (int) first), nameByte(other, (int) first));
    }

    boolean nameStartsWith(int row, byte[] prefix) {
        return prefix.length <= nameLength(row) && nameHas(row, 0, prefix);
    }

    boolean nameContains(int row, byte[] part) {
        int last = nameLength(row) - part.length;
        for (int at = 0; at <= last; at++) {
            if (nameHas(row, at, part)) {
                return true;
            }
        }
        return false;
    }

    private boolean nameHas(int row, int at, byte[] part) {
        MemorySegment chunk = chunk(row);
        long begin = nameBegin(row) + at;
        for (int i = 0; i < part.length; i++) {
            if (chunk.get(ValueLayout.JAVA_BYTE, begin + i) != part[i]) {
                return false;
            }
        }
        return true;
    }
}
