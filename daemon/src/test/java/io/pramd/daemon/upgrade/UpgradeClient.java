package io.pramd.daemon.upgrade;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.protocol.NodeRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Thread-safe. A client that calls without a pause, and knows what must be there. */
final class UpgradeClient implements Runnable {
    private static final int NAMES = 8;
    private static final int BYTES_MAX = 1 << 20;
    private static final int SMALL_BYTES_MAX = 64 << 10;
    private static final int FAULTS_SHOWN_MAX = 20;

    private final PramClient client;
    private final int number;
    private final Random random;
    private final long[] seeds = new long[NAMES]; // of what is saved; 0: nothing is
    private final int[] lengths = new int[NAMES];
    private final AtomicLong calls = new AtomicLong();
    private final List<String> faults = new ArrayList<>(); // guarded by this
    private long failed; // guarded by this
    private long wrong; // guarded by this
    private LongestCall longest = LongestCall.NONE; // guarded by this
    private volatile boolean isOver;

    /**
     * @param client whose calls it makes; closed by whoever has opened it
     */
    UpgradeClient(PramClient client, int number, long seed) {
        this.client = client;
        this.number = number;
        this.random = new Random(seed + number);
    }

    long calls() {
        return calls.get();
    }

    synchronized long failed() {
        return failed;
    }

    /** Bytes, nodes or answers that are not what they must be. */
    synchronized long wrong() {
        return wrong;
    }

    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** The longest call since this was asked last. */
    synchronized LongestCall takeLongest() {
        LongestCall taken = longest;
        longest = LongestCall.NONE;
        return taken;
    }

    void end() {
        isOver = true;
    }

    @Override
    public void run() {
        while (!isOver) {
            verb(random.nextInt(NAMES));
        }
        for (int node = 0; node < NAMES; node++) {
            ask(node);
            peek(node);
        }
    }

    private void verb(int node) {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> save(node);
            case 3 -> saveByWriter(node);
            case 4 -> saveByStream(node);
            case 5, 6 -> peek(node);
            case 7 -> load(node);
            case 8 -> remove(node);
            default -> ask(node);
        }
    }

    private String name(int node) {
        return "client/" + number + "/" + node;
    }

    private byte[] contents(int node) {
        byte[] contents = new byte[lengths[node]];
        new Random(seeds[node]).nextBytes(contents);
        return contents;
    }

    /** Mostly small, some large. */
    private byte[] newContents(int node) {
        seeds[node] = random.nextLong() | 1;
        lengths[node] = random.nextInt(random.nextInt(8) == 0 ? BYTES_MAX : SMALL_BYTES_MAX);
        return contents(node);
    }

    private static SaveOptions replacing() {
        return SaveOptions.defaults().withReplace(true);
    }

    private void save(int node) {
        byte[] contents = newContents(node);
        call("save", node, () -> client.save(name(node), replacing(), contents));
    }

    private void saveByWriter(int node) {
        byte[] contents = newContents(node);
        call(
                "save by a writer",
                node,
                () -> client.save(name(node), replacing(), out -> writeInParts(contents, out)));
    }

    private void saveByStream(int node) {
        byte[] contents = newContents(node);
        call(
                "save by a stream",
                node,
                () -> {
                    try (SaveStream out = client.openSave(name(node), replacing())) {
                        writeInParts(contents, out);
                        out.finish();
                    }
                });
    }

    private static void writeInParts(byte[] contents, SaveStream out) {
        int part = Math.max(1, contents.length / 10);
        for (int begin = 0; begin < contents.length; begin += part) {
            out.write(contents, begin, Math.min(part, contents.length - begin));
        }
    }

    private void peek(int node) {
        if (seeds[node] != 0) {
            call(
                    "peek",
                    node,
                    () -> compare("peek", client.peek(name(node), LoadStream::readAllBytes), node));
        }
    }

    private void load(int node) {
        if (seeds[node] != 0) {
            call(
                    "load",
                    node,
                    () -> compare("load", client.load(name(node), LoadStream::readAllBytes), node));
            seeds[node] = 0;
        }
    }

    private void remove(int node) {
        if (seeds[node] != 0) {
            call("remove", node, () -> client.remove(name(node)));
            seeds[node] = 0;
        }
    }

    private void ask(int node) {
        boolean isSaved = seeds[node] != 0;
        call(
                "find",
                node,
                () -> check(client.find(name(node)).isPresent() == isSaved, "find", node));
        long known = Arrays.stream(seeds).filter(seed -> seed != 0).count();
        call(
                "list",
                node,
                () -> {
                    List<NodeRecord> nodes = client.list("client/" + number + "/");
                    check(nodes.size() == known, "list", node);
                });
    }

    private void compare(String verb, byte[] read, int node) {
        check(Arrays.equals(read, contents(node)), verb, node);
    }

    private synchronized void check(boolean isRight, String verb, int node) {
        if (!isRight) {
            wrong++;
            note(verb + " of " + name(node) + ": not what was saved");
        }
    }

    private void call(String verb, int node, Runnable call) {
        long begin = System.nanoTime();
        PramException failure = null;
        try {
            call.run();
        } catch (PramException e) {
            failure = e;
        }
        long nanos = System.nanoTime() - begin;
        calls.incrementAndGet();
        synchronized (this) {
            if (nanos > longest.nanos()) {
                longest = new LongestCall(verb, nanos);
            }
            if (failure != null) {
                failed++;
                note(verb + " of " + name(node) + ": " + failure);
            }
        }
    }

    private void note(String fault) {
        if (faults.size() < FAULTS_SHOWN_MAX) {
            faults.add(fault);
        }
    }
}
