package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.node.ChainReader.Chain;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One owner while it is filled, then thread-safe. The nodes that a survey found, in the order of
 * their slots: about 60 bytes and the name for each. Of very many nodes only the first are kept,
 * and the others counted.
 */
final class NodeRows {
    /** Bytes that a row takes with a name of some length, and its place in the orders. */
    private static final int ROW_BYTES = 120;

    private static final int ROWS_MAX = 1 << 20;
    private static final int HEAP_SHARE = 8;

    private static final int CHUNK_BITS = 20;
    private static final int NAME_ROOM = 1 + NodeLayout.NAME_BYTES_MAX;

    private static final byte BYTE_STREAM = 1;
    private static final byte DAMAGED = 2;

    private final long total;
    private final int count;
    private final int[] slots;
    private final long[] sequences;
    private final long[] pfns;
    private final long[] lengths;
    private final long[] frames;
    private final long[] created;
    private long[] expiries = {}; // of those that expire, if any do
    private final int[] owners;
    private final byte[] flags;
    private final int[] names; // each where its length stands, and the bytes behind it
    private final List<byte[]> nameChunks = new ArrayList<>();
    private int chunkUsed = 1 << CHUNK_BITS;
    private final List<String> ownerNames = new ArrayList<>();
    private final Map<String, Integer> ownerNumbers = new HashMap<>();
    private final NodeOrders orders = new NodeOrders(this);

    NodeRows(int nodes) {
        this(nodes, rowsMax());
    }

    NodeRows(int nodes, int rowsMax) {
        total = nodes;
        count = Math.min(nodes, rowsMax);
        slots = new int[count];
        sequences = new long[count];
        pfns = new long[count];
        lengths = new long[count];
        frames = new long[count];
        created = new long[count];
        owners = new int[count];
        flags = new byte[count];
        names = new int[count];
        ownerNumber("");
    }

    /** As many as fit an eighth of the largest heap, and never more than a million. */
    static int rowsMax() {
        long fit = Runtime.getRuntime().maxMemory() / HEAP_SHARE / ROW_BYTES;
        return (int) Math.min(ROWS_MAX, fit);
    }

    /** Takes a verified node page over into a row. */
    void set(int row, int slot, long pfn, ByteBuffer page) {
        place(row, slot, pfn);
        Chain chain = Chain.of(page);
        sequences[row] = NodeLayout.sequence(page);
        lengths[row] = NodeLayout.length(page);
        frames[row] = 1 + chain.linkFrames() + chain.pages();
        created[row] = NodeLayout.createdMillis(page);
        long expiry = NodeLayout.expiryMillis(page);
        if (expiry != 0) {
            expiries = expiries.length == 0 ? new long[count] : expiries;
            expiries[row] = expiry;
        }
        owners[row] = ownerNumber(NodeLayout.owner(page));
        flags[row] = NodeLayout.type(page) == NodeType.BYTE.number() ? BYTE_STREAM : 0;
        names[row] = addName(NodeLayout.name(page));
    }

    /**
     * Of a node whose page does not verify.
     *
     * @param sequence 0: not known
     * @param name empty: not known
     */
    void setDamaged(int row, int slot, long pfn, long sequence, String name) {
        place(row, slot, pfn);
        sequences[row] = sequence;
        frames[row] = 1;
        flags[row] = DAMAGED;
        names[row] = addName(name);
    }

    private void place(int row, int slot, long pfn) {
        slots[row] = slot;
        pfns[row] = pfn;
    }

    /** Of a damaged node: what was found of it. */
    void setFrames(int row, long found) {
        frames[row] = found;
    }

    private int ownerNumber(String name) {
        return ownerNumbers.computeIfAbsent(
                name,
                fresh -> {
                    ownerNames.add(fresh);
                    return ownerNames.size() - 1;
                });
    }

    private int addName(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, NodeLayout.NAME_BYTES_MAX);
        if (chunkUsed + NAME_ROOM > 1 << CHUNK_BITS) {
            nameChunks.add(new byte[Math.min(1 << CHUNK_BITS, Math.max(count, 1) * NAME_ROOM)]);
            chunkUsed = 0;
        }
        byte[] chunk = nameChunks.getLast();
        int at = nameChunks.size() - 1 << CHUNK_BITS | chunkUsed;
        chunk[chunkUsed] = (byte) length;
        System.arraycopy(bytes, 0, chunk, chunkUsed + 1, length);
        chunkUsed += 1 + length;
        return at;
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
        return slots[row];
    }

    long sequence(int row) {
        return sequences[row];
    }

    long pfn(int row) {
        return pfns[row];
    }

    long length(int row) {
        return lengths[row];
    }

    long pages(int row) {
        return Math.ceilDiv(lengths[row], FileLayout.FRAME_BYTES);
    }

    long frames(int row) {
        return frames[row];
    }

    long createdMillis(int row) {
        return created[row];
    }

    /** 0: never. */
    long expiryMillis(int row) {
        return expiries.length == 0 ? 0 : expiries[row];
    }

    String owner(int row) {
        return ownerNames.get(owners[row]);
    }

    NodeType type(int row) {
        return (flags[row] & BYTE_STREAM) != 0 ? NodeType.BYTE : NodeType.PAGE;
    }

    /** Whether its page does not verify. */
    boolean isDamaged(int row) {
        return (flags[row] & DAMAGED) != 0;
    }

    String name(int row) {
        return new String(chunk(row), nameBegin(row), nameLength(row), StandardCharsets.UTF_8);
    }

    private byte[] chunk(int row) {
        return nameChunks.get(names[row] >>> CHUNK_BITS);
    }

    private int nameBegin(int row) {
        return (names[row] & (1 << CHUNK_BITS) - 1) + 1;
    }

    private int nameLength(int row) {
        return Byte.toUnsignedInt(chunk(row)[nameBegin(row) - 1]);
    }

    /** In the order of the names' bytes, which is that of their characters. */
    int compareNames(int row, int other) {
        return Arrays.compareUnsigned(
                chunk(row),
                nameBegin(row),
                nameBegin(row) + nameLength(row),
                chunk(other),
                nameBegin(other),
                nameBegin(other) + nameLength(other));
    }

    boolean nameStartsWith(int row, byte[] prefix) {
        int begin = nameBegin(row);
        return prefix.length <= nameLength(row)
                && Arrays.equals(
                        chunk(row), begin, begin + prefix.length, prefix, 0, prefix.length);
    }

    boolean nameContains(int row, byte[] part) {
        byte[] chunk = chunk(row);
        int last = nameBegin(row) + nameLength(row) - part.length;
        for (int at = nameBegin(row); at <= last; at++) {
            if (Arrays.equals(chunk, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }
}
