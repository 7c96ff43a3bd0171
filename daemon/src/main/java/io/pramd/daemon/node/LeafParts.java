package io.pramd.daemon.node;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Immutable. Goes through leaf entries in parts: some of them are worked on at once, and what comes
 * of each is taken by the caller, in slot order, so that it does not depend on who was faster.
 *
 * <p>The threads are of its own, not the store's workers, which loads wait for. They are never
 * interrupted: that would close the memory file's channel for everybody.
 */
public final class LeafParts {
    private static final int PART_SLOTS = 1024;

    private final LeafEntries leaves;
    private final int threads;

    /**
     * @param leaves not changed meanwhile
     * @param threads 1: the caller does it all
     */
    public LeafParts(LeafEntries leaves, int threads) {
        this.leaves = leaves;
        this.threads = threads;
    }

    /** As many threads as there are cores. */
    public static LeafParts onAllCores(LeafEntries leaves) {
        return new LeafParts(leaves, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Has all parts worked on.
     *
     * @param work is given the slots of a part that are in use; from several threads
     */
    public <T> void forEach(Function<int[], T> work, Consumer<T> taker) {
        if (threads == 1 || leaves.count() <= PART_SLOTS) {
            for (int begin = 0; begin < leaves.end(); begin += PART_SLOTS) {
                taker.accept(work.apply(slots(begin)));
            }
            return;
        }
        ThreadFactory daemons = Thread.ofPlatform().daemon().name("pramd-walk-", 0).factory();
        ExecutorService pool = Executors.newFixedThreadPool(threads, daemons);
        Deque<CompletableFuture<T>> open = new ArrayDeque<>();
        try {
            for (int begin = 0; begin < leaves.end(); begin += PART_SLOTS) {
                int[] slots = slots(begin);
                open.add(CompletableFuture.supplyAsync(() -> work.apply(slots), pool));
                if (open.size() > 2 * threads) {
                    taker.accept(done(open.remove()));
                }
            }
            while (!open.isEmpty()) {
                taker.accept(done(open.remove()));
            }
        } finally {
            // after a failure nothing of it goes on behind the caller's back
            open.forEach(part -> part.handle((result, why) -> result).join());
            pool.shutdown();
        }
    }

    private static <T> T done(CompletableFuture<T> part) {
        try {
            return part.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException why) {
                throw why;
            }
            throw e;
        }
    }

    private int[] slots(int begin) {
        int[] slots = new int[PART_SLOTS];
        int count = 0;
        long end = (long) begin + PART_SLOTS;
        for (int slot = leaves.nextUsed(begin);
                slot >= 0 && slot < end;
                slot = leaves.nextUsed(slot + 1)) {
            slots[count++] = slot;
        }
        return Arrays.copyOf(slots, count);
    }

    /** Indexes of frames in the order in which those lie in the file; of a claim, anywhere. */
    public static int[] inFileOrder(long[] pfns) {
        int indexBits = Integer.SIZE - Integer.numberOfLeadingZeros(pfns.length);
        long[] keys = new long[pfns.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = pfns[i] << indexBits | i;
        }
        Arrays.sort(keys);
        int[] order = new int[keys.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = (int) keys[i] & (1 << indexBits) - 1;
        }
        return order;
    }
}
