package io.pramd.daemon.life;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.LoadRequest;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.NodeList;
import io.pramd.daemon.node.State;
import io.pramd.daemon.node.Store;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Reads all nodes in the background, at a rate that is kept, and compares every page
 * with its checksum: damage is found, and the node quarantined, before somebody needs it. A node is
 * read as a peek reads it, so nobody waits for the scrub.
 */
final class Scrub implements AutoCloseable {
    /** Between the end of a pass and the beginning of the next. */
    private static final Duration PAUSE = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);
    private static final int LIST_NODES = 256;
    private static final int READ_PAGES = 64;

    private final Store store;
    private final Duration pause;
    private volatile long bytesPerSecond;
    private volatile long passes;
    private volatile long nodes;
    private volatile long bytes;
    private volatile long bytesOfAll;
    private volatile long damaged;
    private volatile long lastMillis;
    private long nextReadNanos; // of the one thread that runs
    private Thread last; // null: none has run
    private boolean isBegun;
    private boolean isClosed;

    /**
     * One that has not begun.
     *
     * @param bytesPerSecond 0: it never does
     */
    Scrub(Store store, long bytesPerSecond) {
        this(store, bytesPerSecond, PAUSE);
    }

    Scrub(Store store, long bytesPerSecond, Duration pause) {
        this.store = store;
        this.bytesPerSecond = bytesPerSecond;
        this.pause = pause;
    }

    synchronized void start() {
        isBegun = true;
        startThread();
    }

    /**
     * Another rate, in the middle of a pass too; one that ended altogether begins with a new pass.
     *
     * @param other bytes a second; 0: it ends
     */
    synchronized void rate(long other) {
        boolean wasRunning = bytesPerSecond > 0;
        bytesPerSecond = other;
        if (other == 0 && last != null) {
            last.interrupt();
        } else if (!wasRunning) {
            startThread();
        }
    }

    private void startThread() {
        if (!isBegun || isClosed || bytesPerSecond == 0) {
            return;
        }
        Thread before = last;
        last = new Thread(() -> runBehind(before), "pramd-scrub");
        last.setDaemon(true);
        last.start();
    }

    /** There is one at a time, also when it was ended and begun again. */
    private void runBehind(Thread before) {
        try {
            if (before != null) {
                before.join();
            }
            run();
        } catch (InterruptedException e) {
            LOG.debug("the scrub ends: nobody wants it any more");
        }
    }

    /** Figures for info: of the pass under way, and of all. */
    Map<String, Object> info() {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("scrub.bytesPerSecond", bytesPerSecond);
        info.put("scrub.passes", passes);
        info.put("scrub.nodes", nodes);
        info.put("scrub.bytes", bytes);
        info.put("scrub.bytesOfAll", bytesOfAll);
        info.put("scrub.damaged", damaged);
        info.put("scrub.lastMillis", lastMillis);
        return info;
    }

    private void run() throws InterruptedException {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                pass();
                Thread.sleep(pause);
            }
        } catch (ExecutionException | RuntimeException e) {
            LOG.error("the scrub ends: {}", e.toString(), e);
        }
    }

    private void pass() throws InterruptedException, ExecutionException {
        nodes = 0;
        bytes = 0;
        nextReadNanos = System.nanoTime();
        long afterSequence = 0;
        long afterPfn = 0;
        boolean isMore = true;
        while (isMore) {
            NodeList list =
                    store.list(new ListRequest("", afterSequence, afterPfn, LIST_NODES)).get();
            for (NodeInfo node : list.nodes()) {
                if (node.state() == State.READY) {
                    scrub(node);
                }
                afterSequence = node.sequence();
                afterPfn = node.pfn();
            }
            isMore = list.more();
        }
        passes++;
        lastMillis = System.currentTimeMillis();
        LOG.info(
                "scrub: pass {} is done: nodes={} bytes={} damaged so far={}",
                passes,
                nodes,
                bytes,
                damaged);
    }

    private void scrub(NodeInfo node) throws InterruptedException {
        LoadStream stream;
        try {
            stream = await(store.openLoad(peek(node.name())));
        } catch (StoreException e) {
            return; // gone or in use since it was listed; or it was quarantined just now
        }
        try {
            scrub(stream);
            nodes++;
        } catch (StoreException e) {
            damaged++;
            LOG.debug("scrub: a node is damaged: name={} {}", node.name(), e.getMessage());
        } finally {
            stream.abort();
        }
    }

    private static LoadRequest peek(String name) {
        return new LoadRequest(name, 0, Optional.empty(), true, Map.of(), 0);
    }

    private void scrub(LoadStream stream) throws InterruptedException {
        long page = 0;
        while (page < stream.info().pages()) {
            int wanted = (int) Math.min(READ_PAGES, stream.info().pages() - page);
            pace(wanted * (long) FileLayout.FRAME_BYTES);
            int read = await(stream.verify(page, wanted));
            bytes += read * (long) FileLayout.FRAME_BYTES;
            bytesOfAll += read * (long) FileLayout.FRAME_BYTES;
            page += read;
        }
    }

    private void pace(long nextBytes) throws InterruptedException {
        long wait = nextReadNanos - System.nanoTime();
        if (wait > 0) {
            TimeUnit.NANOSECONDS.sleep(wait);
        }
        long rate = Math.max(1, bytesPerSecond); // who made it zero has interrupted this thread
        long nanos = (long) (nextBytes * (double) TimeUnit.SECONDS.toNanos(1) / rate);
        nextReadNanos = Math.max(nextReadNanos, System.nanoTime() - nanos) + nanos;
    }

    private static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException known) {
                throw known;
            }
            throw new IllegalStateException("the store failed inside the daemon", e.getCause());
        }
    }

    /** Interrupts a pass that is under way. */
    @Override
    public synchronized void close() {
        isClosed = true;
        if (last != null) {
            last.interrupt();
        }
    }
}
