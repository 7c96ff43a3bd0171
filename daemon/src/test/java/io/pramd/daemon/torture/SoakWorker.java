package io.pramd.daemon.torture;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.client.SaveOptions;
import io.pramd.protocol.Errno;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** One owner. A client that saves, replaces, loads, peeks and removes its nodes without a pause. */
final class SoakWorker implements Callable<SoakWorker> {
    private static final int NAMES = 12;
    private static final int BYTES_MAX = 4 << 20;
    private static final int VERBS_OF_A_CLIENT = 500;

    private final String uri;
    private final int number;
    private final Random random;
    private final BooleanSupplier isOver;
    private final long[] seeds = new long[NAMES]; // of what is saved; 0: nothing is
    private final int[] lengths = new int[NAMES];
    private long verbs;
    private long bytes;
    private long wrong;
    private long failed;

    SoakWorker(String uri, int number, long seed, BooleanSupplier isOver) {
        this.uri = uri;
        this.number = number;
        this.random = new Random(seed + number);
        this.isOver = isOver;
    }

    long verbs() {
        return verbs;
    }

    long bytes() {
        return bytes;
    }

    long wrong() {
        return wrong;
    }

    long failed() {
        return failed;
    }

    @Override
    public SoakWorker call() {
        do {
            try (PramClient client = PramClient.connect(uri)) {
                int verbsOfClient = 0;
                do {
                    verb(client, random.nextInt(NAMES));
                    verbsOfClient++;
                } while (verbsOfClient < VERBS_OF_A_CLIENT && !isOver.getAsBoolean());
                verbs += verbsOfClient;
            }
        } while (!isOver.getAsBoolean());
        return this;
    }

    private void verb(PramClient client, int node) {
        String name = "soak/" + number + "/" + node;
        try {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> save(client, name, node);
                case 4, 5 -> peek(client, name, node);
                case 6 -> load(client, name, node);
                case 7 -> remove(client, name, node);
                case 8 -> abandon(client, name);
                default -> ask(client, name, node);
            }
        } catch (PramException e) {
            failed++;
            System.err.println("soak: " + name + ": " + e);
        }
    }

    private byte[] contents(int node) {
        byte[] contents = new byte[lengths[node]];
        new Random(seeds[node]).nextBytes(contents);
        return contents;
    }

    private void save(PramClient client, String name, int node) {
        seeds[node] = random.nextLong() | 1;
        // mostly small, some large
        lengths[node] = random.nextInt(random.nextInt(8) == 0 ? BYTES_MAX : 64 << 10);
        client.save(name, SaveOptions.defaults().withReplace(true), contents(node));
        bytes += lengths[node];
    }

    private void peek(PramClient client, String name, int node) {
        if (seeds[node] != 0) {
            compare(client.<byte[], RuntimeException>peek(name, LoadStream::readAllBytes), node);
        }
    }

    private void load(PramClient client, String name, int node) {
        if (seeds[node] != 0) {
            compare(client.<byte[], RuntimeException>load(name, LoadStream::readAllBytes), node);
            seeds[node] = 0;
        }
    }

    private void compare(byte[] read, int node) {
        bytes += read.length;
        wrong += Arrays.equals(read, contents(node)) ? 0 : 1;
    }

    private void remove(PramClient client, String name, int node) {
        if (seeds[node] != 0) {
            client.remove(name);
            seeds[node] = 0;
        }
    }

    /** A save that is begun and given up, and a load that is. */
    private void abandon(PramClient client, String name) {
        try (var save = client.openSave(name + ".abandoned")) {
            save.write(new byte[random.nextInt(300_000)]);
            save.discard();
        }
        try (LoadStream load = client.openLoad(name, LoadOptions.defaults())) {
            load.read();
            load.abort();
        } catch (PramException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    private void ask(PramClient client, String name, int node) {
        boolean isThere = client.find(name).isPresent();
        wrong += isThere == (seeds[node] != 0) ? 0 : 1;
        client.list("soak/" + number + "/");
        client.info();
    }
}
