package io.pramd.daemon.torture;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.client.SaveOptions;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Thread-safe. A client that behaves: it saves and loads 1 MiB all the time, and small nodes. */
final class GoodClient implements AutoCloseable {
    private static final int SMALL_BYTES = 5000;

    private final PramClient client;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Thread thread;
    private volatile boolean isOver;

    GoodClient(String uri) {
        client = PramClient.connect(uri);
        client.save(HostilePeers.LARGE, new byte[(int) HostilePeers.LARGE_PAGES * 4096]);
        thread = Thread.ofPlatform().name("good-client").start(this::run);
    }

    private void run() {
        byte[] large = new byte[1 << 20];
        new Random(1).nextBytes(large);
        byte[] small = Arrays.copyOf(large, SMALL_BYTES);
        while (!isOver) {
            roundTrip("good/large", large);
            roundTrip("good/small", small);
        }
    }

    private void roundTrip(String name, byte[] contents) {
        try {
            client.save(name, SaveOptions.defaults().withReplace(true), contents);
            byte[] read = client.<byte[], RuntimeException>load(name, LoadStream::readAllBytes);
            wrong.addAndGet(Arrays.equals(read, contents) ? 0 : 1);
            bytes.addAndGet(2L * contents.length);
        } catch (PramException e) {
            failed.incrementAndGet();
            System.err.println("good client: " + name + ": " + e);
        }
    }

    /** Bytes saved and loaded in so long a time. */
    long bytesWithin(long millis) throws InterruptedException {
        long before = bytes.get();
        TimeUnit.MILLISECONDS.sleep(millis);
        return bytes.get() - before;
    }

    long wrong() {
        return wrong.get();
    }

    long failed() {
        return failed.get();
    }

    PramClient client() {
        return client;
    }

    @Override
    public void close() {
        isOver = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
        client.close();
    }
}
