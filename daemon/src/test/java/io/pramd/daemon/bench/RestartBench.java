package io.pramd.daemon.bench;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramException;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Stores nodes of 64 MiB, kills the daemon with SIGKILL and measures from the exec of the next one
 * to the first loaded byte and to the first accepted save, by a client that is running already.
 * {@code scripts/bench} starts it.
 */
public final class RestartBench {
    private static final int NODE_BYTES = 64 << 20;
    private static final int ROUNDS = 5;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private RestartBench() {}

    public static void main(String[] args) throws IOException {
        Path memory = Path.of(args[0]);
        int nodes = Integer.parseInt(args[1]) / (NODE_BYTES >> 20);
        Path socket = memory.resolveSibling(memory.getFileName() + ".socket");
        String uri = "pram+unix://" + socket;
        long mebibytes = (long) nodes * (NODE_BYTES >> 20);
        String[] options = {"--size", mebibytes * 9 / 8 + 256 + "M", "--listen", uri};
        DaemonProcess daemon = DaemonProcess.start(memory, options);
        double[] loads = new double[ROUNDS];
        double[] saves = new double[ROUNDS];
        try {
            fill(uri, nodes);
            for (int round = 0; round < ROUNDS; round++) {
                daemon.kill();
                Files.deleteIfExists(socket);
                long begin = System.nanoTime();
                Thread starter = Thread.currentThread();
                DaemonProcess[] started = new DaemonProcess[1];
                Thread start =
                        new Thread(
                                () -> started[0] = DaemonProcess.start(memory, options),
                                starter.getName());
                start.start();
                try (PramClient client = connect(uri)) {
                    firstByte(client, "node-" + round % nodes);
                    loads[round] = (System.nanoTime() - begin) / 1e6;
                    save(client, "small", 1);
                    saves[round] = (System.nanoTime() - begin) / 1e6;
                }
                join(start);
                daemon = started[0];
            }
        } finally {
            daemon.kill();
        }
        Arrays.sort(loads);
        Arrays.sort(saves);
        System.out.printf(
                Locale.ROOT,
                "%d MiB stored: first byte %.0f ms (%.0f..%.0f), first save %.0f ms after the exec,"
                        + " median of %d%n",
                mebibytes,
                loads[ROUNDS / 2],
                loads[0],
                loads[ROUNDS - 1],
                saves[ROUNDS / 2],
                ROUNDS);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void fill(String uri, int nodes) {
        try (PramClient client = PramClient.connect(uri)) {
            for (int i = 0; i < nodes; i++) {
                save(client, "node-" + i, NODE_BYTES);
            }
        }
    }

    private static void save(PramClient client, String name, int bytes) {
        byte[] random = new byte[Math.min(bytes, 1 << 20)];
        new Random(bytes).nextBytes(random);
        SaveOptions options = SaveOptions.defaults().withReplace(true).withDeclaredBytes(bytes);
        try (SaveStream out = client.openSave(name, options)) {
            for (int left = bytes; left > 0; left -= random.length) {
                out.write(ByteBuffer.wrap(random));
            }
            out.finish();
        }
    }

    private static PramClient connect(String uri) {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        PramException last = null;
        while (System.nanoTime() < deadline) {
            try {
                return PramClient.connect(uri, PramConfig.defaults());
            } catch (PramException e) {
                last = e;
                LockSupport.parkNanos(5_000_000); // leaves the cores to the daemon that starts
            }
        }
        throw new AssertionError("daemon did not start", last);
    }

    private static void firstByte(PramClient client, String name) {
        try (LoadStream in = client.openPeek(name, LoadOptions.defaults())) {
            if (in.read() < 0) {
                throw new AssertionError("node is empty: name=" + name);
            }
            in.abort();
        }
    }
}
