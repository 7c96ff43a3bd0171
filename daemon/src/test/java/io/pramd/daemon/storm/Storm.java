package io.pramd.daemon.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.pramd.client.CheckReport;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.daemon.fixture.Await;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One owner: eight threads that do everything that one client can, until they are told to end, and
 * the comparison of what their calls have said with what the store holds.
 */
final class Storm {
    private static final int WORKERS = 8;
    private static final int CONNECTIONS_MAX = 9;
    private static final Duration LIFE_MAX = Duration.ofSeconds(2);
    private static final long STEP_SECONDS_MAX = 90;

    private final ReentrantReadWriteLock calm = new ReentrantReadWriteLock(true);
    private final StormExecutor executor = new StormExecutor();
    private final StormListener listener = new StormListener();
    private final Set<Thread> threadsBefore = pramThreads().collect(Collectors.toSet());
    private final long directBefore = directBytes();
    private final List<StormWorker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Path folder;
    private final int otherConnections;
    private final long beganNanos = System.nanoTime();

    /**
     * @param folder for files
     * @param otherConnections that the daemon has beside the client's
     */
    Storm(Path folder, int otherConnections) {
        this.folder = folder;
        this.otherConnections = otherConnections;
    }

    PramConfig config() {
        return PramConfig.defaults()
                .withNoProgress(Duration.ofSeconds(10))
                .withExecutor(executor)
                .withListener(listener);
    }

    /**
     * Starts the threads.
     *
     * @param delivered returns when all that was sent over lost connections has been carried out
     */
    void begin(PramClient client, Random random, Runnable delivered) {
        for (int i = 0; i < WORKERS; i++) {
            StormKit kit =
                    new StormKit(
                            client,
                            executor,
                            listener,
                            delivered,
                            folder,
                            "worker" + i + "/",
                            new Random(random.nextLong()),
                            new StormJournal());
            StormWorker worker = new StormWorker(kit, calm.readLock());
            Thread thread = new Thread(worker, "storm-" + i);
            thread.setDaemon(true);
            thread.start();
            workers.add(worker);
            threads.add(thread);
        }
    }

    /** Until so many calls have ended, so that a slow machine sees as much as a fast one. */
    void live(int calls) {
        long end = System.nanoTime() + LIFE_MAX.toNanos();
        int enough = calls() + calls;
        while (calls() < enough && System.nanoTime() < end) {
            LockSupport.parkNanos(500_000);
        }
    }

    int calls() {
        return workers.stream().mapToInt(StormWorker::calls).sum();
    }

    void requireAllAlive() {
        for (int i = 0; i < WORKERS; i++) {
            workers.get(i).rethrow();
            long seconds =
                    TimeUnit.NANOSECONDS.toSeconds(
                            System.nanoTime() - workers.get(i).stepBeganNanos());
            if (seconds > STEP_SECONDS_MAX) {
                AssertionError hung = new AssertionError(threads.get(i) + " hangs");
                hung.setStackTrace(threads.get(i).getStackTrace());
                throw hung;
            }
        }
    }

    /** Ends the threads, and compares for the last time. */
    void end(PramClient client) throws InterruptedException {
        stop();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(STEP_SECONDS_MAX));
        }
        requireAllAlive();
        assertThat(threads).noneMatch(Thread::isAlive);
        check(client);
    }

    /** While all workers stand still. */
    void check(PramClient client) throws InterruptedException {
        if (!calm.writeLock().tryLock(STEP_SECONDS_MAX, TimeUnit.SECONDS)) {
            requireAllAlive();
            throw new AssertionError("the workers do not come to a rest");
        }
        try {
            requireAllAlive();
            workers.getFirst().kit().delivered().run();
            Await.until(
                    "the walk has ended",
                    () -> client.info().get("recovery.complete").equals(InfoValue.of(true)));
            Await.until("no stream is open", () -> openStreams(client) == 0);
            workers.forEach(worker -> compare(client, worker.kit()));
            assertThat(count(client, "nodes.quarantined")).isZero();
            Await.until(
                    "no more connections than one client may have",
                    () -> count(client, "connections.open") <= CONNECTIONS_MAX + otherConnections);
            CheckReport report = client.check();
            assertThat(report.clean()).as("%s", report.problems()).isTrue();
            assertThat(clientThreads()).hasSizeLessThanOrEqualTo(2);
        } finally {
            calm.writeLock().unlock();
        }
    }

    private static long openStreams(PramClient client) {
        return count(client, "streams.saving") + count(client, "streams.loading");
    }

    private static long count(PramClient client, String figure) {
        return ((InfoValue.Count) client.info().get(figure)).value();
    }

    private static void compare(PramClient client, StormKit kit) {
        StormJournal journal = kit.journal();
        journal.rests();
        Map<String, NodeRecord> listed =
                client.list(kit.prefix()).stream()
                        .collect(Collectors.toMap(NodeRecord::name, node -> node));
        assertThat(journal.names()).containsAll(listed.keySet());
        for (String name : List.copyOf(journal.names())) {
            Optional<byte[]> bytes = client.findPeek(name, LoadStream::readAllBytes);
            assertThat(bytes.isPresent()).as(name).isEqualTo(listed.containsKey(name));
            if (bytes.isPresent()) {
                journal.becomes(name, Optional.of(journal.read(name, bytes.get())));
            } else {
                journal.isAbsent(name);
                journal.becomes(name, Optional.empty());
            }
        }
    }

    /** To be called when the client has been closed. */
    void requireNothingLeft() {
        Await.until("all threads of the client have ended", () -> clientThreads().isEmpty());
        Await.until("all buffers are given back", () -> directBytes() <= directBefore);
    }

    /** The threads end behind what they are doing. */
    void stop() {
        workers.forEach(StormWorker::end);
    }

    /** What has happened, for people. */
    @Override
    public String toString() {
        return "calls="
                + calls()
                + " connected="
                + listener.connected
                + " lost="
                + listener.lost
                + " retried="
                + listener.retried
                + " seconds="
                + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNanos);
    }

    private List<Thread> clientThreads() {
        return pramThreads().filter(thread -> !threadsBefore.contains(thread)).toList();
    }

    private static Stream<Thread> pramThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("pram-"));
    }

    private static long directBytes() {
        return UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }
}
