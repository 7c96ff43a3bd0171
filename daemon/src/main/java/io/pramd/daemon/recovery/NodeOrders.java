package io.pramd.daemon.recovery;

import io.pramd.daemon.memory.ShortTurns;
import io.pramd.daemon.recovery.NodeQuery.Sort;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Thread-safe. The rows of a survey in the orders that were asked for: each is made once, when
 * somebody first goes far into it, four bytes a row.
 */
final class NodeOrders {
    /** So many rows from the front are picked without an order. */
    private static final int PICKED_MAX = 1000;

    private final NodeRows rows;
    private final Map<Sort, int[]> orders = new EnumMap<>(Sort.class); // guarded by itself

    NodeOrders(NodeRows rows) {
        this.rows = rows;
    }

    /** Which rows a query wants. */
    private final class Filter {
        private final byte[] prefix;
        private final byte[] part;

        Filter(NodeQuery query) {
            prefix = query.prefix().getBytes(StandardCharsets.UTF_8);
            part = query.contains().getBytes(StandardCharsets.UTF_8);
        }

        boolean wants(int row) {
            return rows.nameStartsWith(row, prefix) && rows.nameContains(row, part);
        }
    }

    /**
     * Rows that a query wants, in its order.
     *
     * @param matching all that it wants
     * @param rows those of its page
     */
    record Selected(long matching, int[] rows) {}

    /**
     * A page near the front is picked out of all rows: nobody waits for an order of all of them.
     *
     * @param skipped rows that the page begins behind
     * @param most of the page
     */
    Selected select(NodeQuery query, long skipped, int most) {
        boolean isNear = skipped <= PICKED_MAX - most;
        return isNear && !has(query.sort())
                ? pick(query, (int) skipped, most)
                : cut(query, skipped, most);
    }

    private Selected cut(NodeQuery query, long skipped, int most) {
        int[] order = order(query.sort());
        Filter filter = new Filter(query);
        int[] page = new int[Math.min(most, order.length)];
        int taken = 0;
        long matching = 0;
        for (int i = 0; i < order.length; i++) {
            int row = order[query.isDescending() ? order.length - 1 - i : i];
            if (filter.wants(row)) {
                if (matching >= skipped && taken < page.length) {
                    page[taken++] = row;
                }
                matching++;
            }
        }
        return new Selected(matching, Arrays.copyOf(page, taken));
    }

    private Selected pick(NodeQuery query, int skipped, int most) {
        Comparator<Integer> order = (row, other) -> compare(query.sort(), row, other);
        Comparator<Integer> wanted = query.isDescending() ? order.reversed() : order;
        PriorityQueue<Integer> first = new PriorityQueue<>(wanted.reversed());
        Filter filter = new Filter(query);
        ShortTurns turns = new ShortTurns();
        long matching = 0;
        for (int row = 0; row < rows.count(); row++) {
            turns.step();
            if (!filter.wants(row)) {
                continue;
            }
            matching++;
            if (first.size() < skipped + most) {
                first.add(row);
            } else if (!first.isEmpty() && wanted.compare(row, first.peek()) < 0) {
                first.poll();
                first.add(row);
            }
        }
        int[] page =
                first.stream().sorted(wanted).skip(skipped).mapToInt(Integer::intValue).toArray();
        return new Selected(matching, page);
    }

    /** The rows of sequences, of those that have one. */
    Map<Long, Integer> find(Collection<Long> sequences) {
        Map<Long, Integer> found = new HashMap<>();
        long[] wanted = sequences.stream().mapToLong(Long::longValue).sorted().toArray();
        if (wanted.length == 0) {
            return found;
        }
        ShortTurns turns = new ShortTurns();
        long first = wanted[0];
        long last = wanted[wanted.length - 1];
        for (int row = 0; row < rows.count(); row++) {
            turns.step();
            long sequence = rows.sequence(row);
            if (sequence >= first
                    && sequence <= last
                    && Arrays.binarySearch(wanted, sequence) >= 0) {
                found.put(sequence, row);
            }
        }
        return found;
    }

    private boolean has(Sort sort) {
        synchronized (orders) {
            return orders.containsKey(sort);
        }
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
