package io.pramd.daemon.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.pramd.client.CheckReport;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.testing.PramdProcess;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon is killed and started again, over and over, under eight threads that do everything that
 * one client can. Each call ends in time with one of its answers, and the store agrees with what
 * they have said: what was acknowledged is there, what was refused is not, the rest is whole or not
 * there.
 */
class RestartStormIT {
    private static final int RESTARTS = Integer.getInteger("pramd.storm.restarts", 50);
    private static final int WORKERS = 8;
    private static final int CHECK_EVERY = 10;
    private static final int CALLS_A_LIFE_MAX = 300;
    private static final Duration LIFE_MAX = Duration.ofSeconds(2);
    private static final long STEP_SECONDS_MAX = 90;

    private final ReentrantReadWriteLock calm = new ReentrantReadWriteLock(true);
    private final StormExecutor executor = new StormExecutor();
    private final StormListener listener = new StormListener();
    private final List<StormWorker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    @TempDir private Path folder;

    @AfterEach
    void endWorkers() {
        workers.forEach(StormWorker::end);
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void everyCallIsAnsweredAndTheStoreAgreesWithAllAnswers() throws Exception {
        long seed = Long.getLong("pramd.storm.seed", System.nanoTime());
        System.err.println("RestartStormIT: repeat with -Dpramd.storm.seed=" + seed);
        Random random = new Random(seed);
        long begin = System.nanoTime();
        long directBefore = directBytes();
        Path memory = folder.resolve("m");
        try (PramdProcess daemon = start(memory);
                PramClient client = PramClient.connect(daemon.uri(), config())) {
            startWorkers(client, random);
            for (int i = 1; i <= RESTARTS; i++) {
                live(random.nextInt(CALLS_A_LIFE_MAX));
                end(daemon, random);
                daemon.restart();
                requireAllAlive();
                if (i % CHECK_EVERY == 0 || i == RESTARTS) {
                    check(client);
                }
            }
            endStorm(client);
            assertThat(daemon.stop()).isZero();
        }
        Await.until("all threads of the client have ended", () -> clientThreads().isEmpty());
        Await.until("all buffers are given back", () -> directBytes() == directBefore);
        requireClean(memory);
        System.err.println(
                "RestartStormIT: restarts="
                        + RESTARTS
                        + " calls="
                        + calls()
                        + " connected="
                        + listener.connected
                        + " lost="
                        + listener.lost
                        + " retried="
                        + listener.retried
                        + " seconds="
                        + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
    }

    private PramConfig config() {
        return PramConfig.defaults()
                .withNoProgress(Duration.ofSeconds(10))
                .withExecutor(executor)
                .withListener(listener);
    }

    private static PramdProcess start(Path memory) {
        return PramdProcess.builder()
                .command(DaemonProcess.launcher().toString())
                .environment("PRAMD_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
                .memory(memory)
                .sizeBytes(128 << 20)
                .options("--drain", "300ms")
                .start();
    }

    private void startWorkers(PramClient client, Random random) {
        for (int i = 0; i < WORKERS; i++) {
            StormKit kit = new StormKit(client, executor, listener, folder, i, random.nextLong());
            StormWorker worker = new StormWorker(kit, calm.readLock());
            Thread thread = new Thread(worker, "storm-" + i);
            thread.setDaemon(true);
            thread.start();
            workers.add(worker);
            threads.add(thread);
        }
    }

    /** Until so many calls have ended, so that a slow machine sees as much as a fast one. */
    private void live(int calls) {
        long end = System.nanoTime() + LIFE_MAX.toNanos();
        int enough = calls() + calls;
        while (calls() < enough && System.nanoTime() < end) {
            LockSupport.parkNanos(500_000);
        }
    }

    private int calls() {
        return workers.stream().mapToInt(StormWorker::calls).sum();
    }

    /** Mostly without a word; now and then it may tidy up. */
    private static void end(PramdProcess daemon, Random random) {
        if (random.nextInt(5) == 0) {
            assertThat(daemon.stop()).isZero();
        } else {
            daemon.kill();
        }
    }

    private void requireAllAlive() {
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

    private void endStorm(PramClient client) throws InterruptedException {
        workers.forEach(StormWorker::end);
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(STEP_SECONDS_MAX));
        }
        requireAllAlive();
        assertThat(threads).noneMatch(Thread::isAlive);
        check(client);
    }

    /** While all workers stand still. */
    private void check(PramClient client) throws InterruptedException {
        if (!calm.writeLock().tryLock(STEP_SECONDS_MAX, TimeUnit.SECONDS)) {
            requireAllAlive();
            throw new AssertionError("the workers do not come to a rest");
        }
        try {
            requireAllAlive();
            Await.until(
                    "the walk has ended",
                    () -> client.info().get("recovery.complete").equals(InfoValue.of(true)));
            Await.until("no stream is open", () -> openStreams(client) == 0);
            workers.forEach(worker -> compare(client, worker.kit()));
            Map<String, InfoValue> info = client.info();
            assertThat(info.get("nodes.quarantined")).isEqualTo(InfoValue.of(0));
            assertThat(((InfoValue.Count) info.get("connections.open")).value()).isBetween(1L, 9L);
            CheckReport report = client.check();
            assertThat(report.clean()).as("%s", report.problems()).isTrue();
            assertThat(clientThreads()).hasSizeLessThanOrEqualTo(2);
        } finally {
            calm.writeLock().unlock();
        }
    }

    private static long openStreams(PramClient client) {
        Map<String, InfoValue> info = client.info();
        return ((InfoValue.Count) info.get("streams.saving")).value()
                + ((InfoValue.Count) info.get("streams.loading")).value();
    }

    private static void compare(PramClient client, StormKit kit) {
        StormJournal journal = kit.journal();
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

    private void requireClean(Path memory) {
        Ended checked = Commands.in(folder).pramd("fsck", memory.toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
    }

    private static List<String> clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("pram-"))
                .filter(name -> !name.startsWith("pramd-process"))
                .toList();
    }

    private static long directBytes() {
        return UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }
}
