package io.pramd.daemon.torture;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramException;
import io.pramd.protocol.Durability;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One owner. The main class of a client process: obeys lines on stdin, answers on stdout, and ends
 * with its stdin. May be killed at any moment.
 *
 * <pre>
 * work URI LEVEL,LEVEL    working, and when all workers have stopped: idle ACKNOWLEDGED
 * stop                    nothing; the workers stop
 * gone                    nothing; the daemon was killed: they need not wait for it
 * settle URI              settled VERIFIED
 * </pre>
 */
final class KillClient {
    private static final int WORKERS = 2;

    /** The daemon has just started, and may take its time. */
    private static final PramConfig PATIENT =
            PramConfig.defaults()
                    .withConnect(Duration.ofSeconds(60))
                    .withRetryFor(Duration.ofSeconds(60))
                    .withNoProgress(Duration.ofSeconds(60));

    private final List<KillWorker> workers = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(WORKERS + 1);
    private AtomicBoolean ends = new AtomicBoolean();

    private KillClient() {}

    /**
     * @param args folder, name, seed
     */
    public static void main(String[] args) throws Exception {
        KillClient client = new KillClient();
        for (int i = 0; i < WORKERS; i++) {
            KillFaults faults = new KillFaults(System.out);
            long seed = Long.parseLong(args[2]) + i;
            client.workers.add(new KillWorker(Path.of(args[0]), args[1] + i, seed, faults));
        }
        System.out.println("ready");
        client.obey();
        System.exit(0); // workers may wait for a daemon that is gone
    }

    private void obey() throws IOException, InterruptedException {
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ");
            switch (words[0]) {
                case "work" -> {
                    List<Durability> levels =
                            Arrays.stream(words[2].split(",")).map(Durability::valueOf).toList();
                    ends = new AtomicBoolean();
                    AtomicBoolean theirs = ends;
                    threads.execute(() -> answer("idle", w -> w.work(words[1], levels, theirs)));
                    System.out.println("working");
                }
                case "stop" -> ends.set(true);
                case "gone" -> workers.forEach(KillWorker::giveUp);
                case "settle" -> settle(words[1]);
                default -> throw new IllegalArgumentException(order);
            }
        }
    }

    private void settle(String uri) {
        try (PramClient client = PramClient.connect(uri, PATIENT)) {
            answer("settled", worker -> worker.settle(client, uri));
        } catch (PramException e) {
            workers.getFirst().faults().wrong("cannot connect: " + e);
            System.out.println("settled 0");
        }
    }

    /** What each worker does; answers a count. */
    private interface Task {
        int run(KillWorker worker) throws Exception;
    }

    private void answer(String word, Task task) {
        List<Future<Integer>> counts = new ArrayList<>();
        for (KillWorker worker : workers) {
            counts.add(threads.submit(() -> task.run(worker)));
        }
        long sum = 0;
        for (Future<Integer> count : counts) {
            try {
                sum += count.get();
            } catch (ExecutionException e) {
                e.getCause().printStackTrace();
                workers.getFirst().faults().wrong("the client failed: " + e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        System.out.println(word + " " + sum);
    }
}
