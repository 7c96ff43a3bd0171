package io.pramd.daemon.recovery;

import io.pramd.daemon.recovery.NodeQuery.Sort;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * Thread-safe. The rows of a survey in the orders that were asked for: each is made once, when
 * somebody first wants it, four bytes a row.
 */
final class NodeOrders {
    private final NodeRows rows;
    private final Map<Sort, int[]> orders = new EnumMap<>(Sort.class); // guarded by itself

    NodeOrders(NodeRows rows) {
        this.rows = rows;
    }

    /**
     * Rows that a query wants, in its order.
     *
     * @param matching all that it wants
     * @param rows those of its page
     */
    record Selected(long matching, int[] rows) {}

    /**
     * @param skipped rows that the page begins behind
     * @param most of the page
     */
    Selected select(NodeQuery query, long skipped, int most) {
        int[] order = order(query.sort());
        byte[] prefix = query.prefix().getBytes(StandardCharsets.UTF_8);
        byte[] part = query.contains().getBytes(StandardCharsets.UTF_8);
        int[] page = new int[Math.min(most, order.length)];
        int taken = 0;
        long matching = 0;
        for (int i = 0; i < order.length; i++) {
            int row = order[query.isDescending() ? order.length - 1 - i : i];
            if (rows.nameStartsWith(row, prefix) && rows.nameContains(row, part)) {
                if (matching >= skipped && taken < page.length) {
                    page[taken++] = row;
                }
                matching++;
            }
        }
        return new Selected(matching, Arrays.copyOf(page, taken));
    }

    /** The row of a sequence; -1: none. */
    int find(long sequence) {
        int[] order = order(Sort.SEQUENCE);
        int low = 0;
        int high = order.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            int compared = Long.compare(rows.sequence(order[middle]), sequence);
            if (compared == 0) {
                return order[middle];
            }
            if (compared < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private int[] order(Sort sort) {
        synchronized (orders) {
            return orders.computeIfAbsent(sort, this::sorted);
        }
    }

    private int[] sorted(Sort sort) {
        int[] order = new int[rows.count()];
        for (int row = 0; row < order.length; row++) {
            order[row] = row;
        }
        mergeSort(order, order.clone(), 0, order.length, sort);
        return order;
    }

    /** Sorts a part of the source, which the target equals there, into the target. */
    private void mergeSort(int[] target, int[] source, int begin, int end, Sort sort) {
        if (end - begin < 2) {
            return;
        }
        int middle = begin + end >>> 1;
        mergeSort(source, target, begin, middle, sort);
        mergeSort(source, target, middle, end, sort);
        int left = begin;
        int right = middle;
        for (int at = begin; at < end; at++) {
            boolean isLeft =
                    right == end
                            || left < middle && compare(sort, source[left], source[right]) <= 0;
            target[at] = isLeft ? source[left++] : source[right++];
        }
    }

    private int compare(Sort sort, int row, int other) {
        int compared =
                switch (sort) {
                    case SEQUENCE -> 0;
                    case NAME -> rows.compareNames(row, other);
                    case BYTES -> Long.compare(rows.length(row), rows.length(other));
                    case FRAMES -> Long.compare(rows.frames(row), rows.frames(other));
                    case CREATED ->
                            Long.compare(rows.createdMillis(row), rows.createdMillis(other));
                    // what never expires comes last
                    case EXPIRY ->
                            Long.compareUnsigned(
                                    rows.expiryMillis(row) - 1, rows.expiryMillis(other) - 1);
                };
        return compared != 0 ? compared : Long.compare(rows.sequence(row), rows.sequence(other));
    }
}
