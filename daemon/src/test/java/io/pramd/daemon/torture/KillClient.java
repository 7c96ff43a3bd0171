package io.pramd.daemon.torture;

import io.pramd.client.PramConfig;
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
import java.util.concurrent.CompletableFuture;
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
 * work URI,URI LEVEL,LEVEL   working, and when all workers have stopped: idle FIGURE=COUNT...
 * renew                      renewed, when all workers have come in anew
 * stop                       nothing; the workers stop
 * gone                       nothing; the daemon was killed: they need not wait for it
 * settle URI,URI             settled FIGURE=COUNT...
 * </pre>
 */
final class KillClient {
    private static final int WORKERS = 2;

    /** Client processes beside each other. */
    static final int CLIENTS = 3;

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

    /** The beginning of the names of one process's workers, and of its files. */
    static String name(int number) {
        return "client" + number + "-";
    }

    /** All workers of all processes: to a guarded daemon each is a principal. */
    static List<String> workers() {
        List<String> workers = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            for (int i = 0; i < WORKERS; i++) {
                workers.add(name(client) + i);
            }
        }
        return workers;
    }

    /**
     * @param args folder, name, seed, and the folder of what guards the daemon, if anything does
     */
    public static void main(String[] args) throws Exception {
        KillClient client = new KillClient();
        for (int i = 0; i < WORKERS; i++) {
            KillFaults faults = new KillFaults(System.out);
            long seed = Long.parseLong(args[2]) + i;
            String name = args[1] + i;
            KillPass pass = args.length > 3 ? KillPass.of(Path.of(args[3]), name) : KillPass.NONE;
            client.workers.add(new KillWorker(Path.of(args[0]), name, seed, faults, pass));
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
                case "renew" -> renew();
                case "stop" -> ends.set(true);
                case "gone" -> workers.forEach(KillWorker::giveUp);
                case "settle" -> settle(words[1]);
                default -> throw new IllegalArgumentException(order);
            }
        }
    }

    /** Does not wait: the daemon may be killed before the workers have come to it. */
    private void renew() {
        CompletableFuture<?>[] all =
                workers.stream().map(KillWorker::renewal).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(all).thenRun(() -> System.out.println("renewed"));
    }

    private void settle(String uris) {
        answer("settled", worker -> worker.settle(uris, PATIENT));
    }

    /** What each worker does; answers what it has counted. */
    private interface Task {
        KillTally run(KillWorker worker) throws Exception;
    }

    private void answer(String word, Task task) {
        List<Future<KillTally>> counts = new ArrayList<>();
        for (KillWorker worker : workers) {
            counts.add(threads.submit(() -> task.run(worker)));
        }
        KillTally sum = new KillTally();
        for (Future<KillTally> count : counts) {
            try {
                KillTally.parse(count.get().toString(), sum::add);
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
