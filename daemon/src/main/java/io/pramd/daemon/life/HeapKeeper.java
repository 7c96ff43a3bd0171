package io.pramd.daemon.life;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner: a process of its own. Has the old objects of the heap collected when as many again
 * have come as were alive, and then some. The serial collector by itself waits until all the heap
 * that there may be is full: a quarter of the machine, and a pause of seconds behind it.
 *
 * <p>Does nothing where another collector was chosen: those do it themselves.
 */
public final class HeapKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(HeapKeeper.class);
    private static final String OLD_OF_SERIAL = "Tenured Gen";
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int GROWTH = 2;
    private static final long UNASKED_BYTES = 128L << 20;

    private final MemoryPoolMXBean old;
    private final long unaskedBytes;
    private long limit;

    private HeapKeeper(MemoryPoolMXBean old, long unaskedBytes) {
        this.old = old;
        this.unaskedBytes = unaskedBytes;
        this.limit = unaskedBytes;
    }

    /** Looks after the heap of this process from now on. */
    public static void start() {
        start(UNASKED_BYTES);
    }

    /**
     * @param unaskedBytes so many of old objects nobody minds
     */
    static void start(long unaskedBytes) {
        Thread thread = new Thread(() -> keep(unaskedBytes), "pramd-heap");
        thread.setDaemon(true);
        thread.start();
    }

    /** A start has better things to do than to load what tells of the heap: that comes later. */
    private static void keep(long unaskedBytes) {
        try {
            Thread.sleep(EVERY);
            Optional<HeapKeeper> keeper = find(unaskedBytes);
            while (keeper.isPresent()) {
                keeper.get().look();
                Thread.sleep(EVERY);
            }
        } catch (InterruptedException e) {
            LOG.debug("the heap is left to itself: the daemon ends");
        }
    }

    private static Optional<HeapKeeper> find(long unaskedBytes) {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals(OLD_OF_SERIAL))
                .findFirst()
                .map(pool -> new HeapKeeper(pool, unaskedBytes));
    }

    private void look() {
        long before = old.getUsage().getUsed();
        if (before < limit) {
            return;
        }
        long begin = System.nanoTime();
        System.gc();
        long after = old.getUsage().getUsed();
        limit = Math.max(unaskedBytes, GROWTH * after + unaskedBytes / 2);
        LOG.debug(
                "old objects collected: bytes={} left={} millis={}",
                before,
                after,
                (System.nanoTime() - begin) / 1_000_000);
    }
}
