package io.pramd.daemon.torture;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Thread-safe. Peers that misbehave in one way, all against one daemon, until they are closed. */
final class HostilePeers implements AutoCloseable {
    /** A node that is there for all to read. */
    static final String LARGE = "large";

    static final long LARGE_PAGES = 4096;

    /** The daemon's time for a greeting, and for a last word, with room for a slow machine. */
    private static final int END_MILLIS_MAX = 30_000;

    private static final long BYTE_EVERY_MILLIS = 1_000;
    private static final long KEPT_SECONDS = 20;
    private static final long LOOK_NANOS = 10_000_000;
    private static final long JOIN_MILLIS = 100;

    private final String uri;
    private final Hostility kind;
    private final int keptMax;
    private final Set<PeerSocket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong keptCount = new AtomicLong();
    private final AtomicLong attacks = new AtomicLong();
    private final AtomicLong unended = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private final Trickle trickle = new Trickle();
    private volatile boolean isOver;

    /**
     * Begins.
     *
     * @param keptMax connections that are held open at most
     */
    HostilePeers(String uri, Hostility kind, int keptMax, long seed) {
        this.uri = uri;
        this.kind = kind;
        this.keptMax = keptMax;
        for (int i = 0; i < kind.threads(); i++) {
            Random random = new Random(seed + i);
            threads.add(Thread.ofPlatform().name("peer-" + kind + i).start(() -> run(random)));
        }
        threads.add(Thread.ofPlatform().name("trickle").start(trickle));
    }

    private void run(Random random) {
        while (!isOver) {
            try {
                if (keptCount.get() >= keptMax) {
                    TimeUnit.MILLISECONDS.sleep(BYTE_EVERY_MILLIS / 10);
                } else {
                    attacks.incrementAndGet();
                    kind.attack(this, random);
                }
            } catch (IOException e) {
                // the daemon has closed it: that is its right
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Until all connections that are to be held are, or no more come. */
    void awaitKept() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(KEPT_SECONDS);
        while (kind.isKept() && keptCount.get() < keptMax && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    boolean isOver() {
        return isOver;
    }

    /** Connections made, and what else was counted. */
    long attacks() {
        return attacks.get();
    }

    /** Peers that waited for an answer or a close in vain. */
    long unended() {
        return unended.get();
    }

    void count(int more) {
        attacks.addAndGet(more);
    }

    PeerSocket connect() throws IOException {
        return connect(0);
    }

    PeerSocket connect(int receiveBytes) throws IOException {
        PeerSocket peer = new PeerSocket(uri, receiveBytes);
        open.add(peer);
        return peer;
    }

    /** Holds the connection open to the end. */
    void keep(PeerSocket peer) {
        keptCount.incrementAndGet();
    }

    /** The same, and sends one byte of it a second. */
    void keepSending(PeerSocket peer, byte[] bytes) {
        keep(peer);
        trickle.add(peer, bytes);
    }

    void drop(PeerSocket peer) throws IOException {
        open.remove(peer);
        peer.close();
    }

    /** It is answered or closed in time. */
    void requireEnd(PeerSocket peer) throws IOException {
        try (peer) {
            peer.readToEnd(END_MILLIS_MAX);
        } catch (SocketTimeoutException e) {
            unended.incrementAndGet();
        } finally {
            open.remove(peer);
        }
    }

    @Override
    public void close() throws IOException {
        isOver = true;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                for (PeerSocket peer : open) {
                    peer.close(); // whoever waits for it waits no longer
                }
                thread.interrupt();
                join(thread);
            }
        }
        for (PeerSocket peer : open) {
            peer.close();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** One owner. Sends one byte a second to each of many. */
    private final class Trickle implements Runnable {
        private record Sending(PeerSocket peer, byte[] bytes) {}

        private final Queue<Sending> slow = new ConcurrentLinkedQueue<>();

        void add(PeerSocket peer, byte[] bytes) {
            slow.add(new Sending(peer, bytes));
        }

        @Override
        public void run() {
            for (int at = 0; !isOver; at++) {
                for (Sending each : slow) {
                    try {
                        each.peer().send(each.bytes(), at % each.bytes().length, 1);
                    } catch (IOException e) {
                        slow.remove(each); // the daemon has lost patience
                    }
                }
                try {
                    TimeUnit.MILLISECONDS.sleep(BYTE_EVERY_MILLIS);
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }
}
