package io.pramd.daemon.bench;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Immutable. Fills a memory file, kills the daemon with SIGKILL, and measures from the exec of the
 * next one to the first loaded byte and to the first save, by a client that is running already:
 * once with few big nodes and once with many small ones.
 */
record RestartCase(int mebibytes, int nodes, int rounds) implements BenchCase {
    private static final int BIG_NODE_MEBIBYTES = 64;
    private static final String MEMORY = "memory";
    private static final int FILLERS = 16;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final long POLL_NANOS = 1_000_000; // leaves the cores to what starts

    @Override
    public long memoryMebibytes() {
        return Math.max(mebibytes * 9L / 8 + 64, NodesCase.memoryMebibytes(nodes));
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        int bigMebibytes = Math.min(BIG_NODE_MEBIBYTES, mebibytes);
        int bigNodes = mebibytes / bigMebibytes;
        Restart big =
                measure(
                        stage,
                        String.format(
                                "%d MiB in nodes of %d MiB", bigNodes * bigMebibytes, bigMebibytes),
                        new Content(bigNodes, new byte[1 << 20], bigMebibytes));
        Restart small =
                measure(
                        stage,
                        String.format("%,d nodes of four pages", nodes),
                        new Content(nodes, NodesCase.content(), 1));
        return new Measured(List.of(), List.of(big, small));
    }

    /** So many nodes, each of them a piece so many times. */
    private record Content(int nodes, byte[] piece, int pieces) {
        void save(PramClient client, String name) {
            SaveOptions options =
                    SaveOptions.defaults()
                            .withReplace(true)
                            .withDeclaredBytes((long) piece.length * pieces);
            client.save(
                    name,
                    options,
                    out -> {
                        for (int i = 0; i < pieces; i++) {
                            out.write(piece, 0, piece.length);
                        }
                    });
        }
    }

    private record Times(double firstByte, double firstSave) {}

    private Restart measure(Stage stage, String stored, Content content) throws Exception {
        new Random(1).nextBytes(content.piece());
        Path socket = stage.folder().resolve("socket");
        String uri = "pram+unix://" + socket;
        Supplier<DaemonProcess> start = () -> stage.startDaemon(MEMORY, memoryMebibytes(), uri);
        List<Times> times = new ArrayList<>();
        DaemonProcess daemon = start.get();
        try (PramClient client = PramClient.lazy(uri, PramConfig.defaults())) {
            fill(client, content);
            for (int round = 0; round < rounds; round++) {
                daemon.kill();
                Files.delete(socket); // that the new one has made its own can then be seen
                long begin = System.nanoTime();
                CompletableFuture<DaemonProcess> started = CompletableFuture.supplyAsync(start);
                try {
                    times.add(measure(client, socket, round % content.nodes(), begin));
                } finally {
                    daemon = started.join();
                }
            }
        } finally {
            daemon.close();
            Files.delete(stage.folder().resolve(MEMORY)); // the next one begins anew
        }
        return new Restart(
                stored, Spread.of(times, Times::firstByte), Spread.of(times, Times::firstSave));
    }

    private static void fill(PramClient client, Content content)
            throws InterruptedException, ExecutionException {
        int atOnce = content.pieces() > 1 ? 1 : FILLERS;
        try (Callers callers = new Callers(atOnce)) {
            callers.make(content.nodes(), (caller, i) -> content.save(client, "node-" + i));
        }
        peekAtFirstByte(client, 0); // compiled, or at least loaded, before it is measured
    }

    private static Times measure(PramClient client, Path socket, int node, long begin) {
        awaitListener(socket);
        peekAtFirstByte(client, node);
        double firstByte = (System.nanoTime() - begin) / 1e6;
        client.save("first", SaveOptions.defaults().withReplace(true), new byte[] {1});
        return new Times(firstByte, (System.nanoTime() - begin) / 1e6);
    }

    private static void peekAtFirstByte(PramClient client, int node) {
        if (client.peek("node-" + node, in -> in.read()) < 0) {
            throw new AssertionError("a node is empty: node=" + node);
        }
    }

    private static void awaitListener(Path socket) {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (!isListening(socket)) {
            if (System.nanoTime() > limit) {
                throw new AssertionError("the daemon did not start: limit=" + START_LIMIT);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static boolean isListening(Path socket) {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return probe.isConnected();
        } catch (IOException e) {
            return false; // not yet
        }
    }
}
