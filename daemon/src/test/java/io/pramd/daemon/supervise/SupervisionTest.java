package io.pramd.daemon.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.NotifySocket;
import io.pramd.daemon.fixture.ServePlans;
import io.pramd.daemon.life.ServePlan;
import io.pramd.daemon.life.Serving;
import io.pramd.daemon.memory.MemoryObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the supervisor of a daemon hears of it. */
@Timeout(60)
class SupervisionTest {
    private static final String ALIVE = "WATCHDOG=1";
    private static final long WATCHDOG_MICROS = 20_000;

    @TempDir Path folder;

    private NotifySocket heard;

    @BeforeEach
    void listen() throws Exception {
        heard = new NotifySocket(folder.resolve("n"));
    }

    @AfterEach
    void close() throws Exception {
        heard.close();
    }

    private Supervision supervised(String... variables) {
        Map<String, String> environment = new HashMap<>(Map.of("NOTIFY_SOCKET", heard.name()));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return Supervision.of(environment).orElseThrow();
    }

    private ServePlan plan(MemoryObserver observer) {
        return ServePlans.of(folder.resolve("m"), observer);
    }

    @Test
    void hearsNothingOfAProcessWithoutOne() {
        assertThat(Supervision.of(Map.of())).isEmpty();
        assertThat(Supervision.of(Map.of("NOTIFY_SOCKET", "vsock:1:2"))).isEmpty();
    }

    @Test
    void hearsOfALifeFromItsStartToItsEnd() throws Exception {
        Supervision supervision = supervised();
        heard.await("EXTEND_TIMEOUT_USEC=30000000");
        Serving serving = Serving.start(plan(MemoryObserver.NONE));
        supervision.serving(serving);
        heard.await("READY=1");
        heard.await("STATUS=serving " + serving.addresses().getFirst());

        serving.stop(Duration.ZERO);

        heard.await("STOPPING=1");
        List<String> lines = heard.lines();
        assertThat(lines.indexOf("READY=1")).isLessThan(lines.indexOf("STOPPING=1"));
        assertThat(lines).doesNotContain(ALIVE);
    }

    private boolean isSilent() {
        long before = heard.count(ALIVE);
        LockSupport.parkNanos(5 * WATCHDOG_MICROS * 1_000);
        return heard.count(ALIVE) == before;
    }

    /** A loop that hangs in the middle of a save, say. */
    @Test
    void hearsNoSignOfLifeWhileAnEventLoopStands() throws Exception {
        CountDownLatch stands = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        ThreadLocal<Boolean> isLoop =
                ThreadLocal.withInitial(
                        () -> Thread.currentThread().getName().startsWith("pramd-loop"));
        MemoryObserver standing =
                new MemoryObserver() {
                    @Override
                    public void written(long fileOffset, long bytes) {
                        if (isLoop.get() && goesOn.getCount() > 0) {
                            stands.countDown();
                            await(goesOn);
                        }
                    }
                };
        Supervision supervision = supervised("WATCHDOG_USEC", String.valueOf(WATCHDOG_MICROS));
        Serving serving = Serving.start(plan(standing));
        supervision.serving(serving);
        heard.awaitMore(ALIVE, 3);
        try (PramClient client = PramClient.connect(serving.addresses().getFirst().toString())) {
            Thread saver = new Thread(() -> client.save("a", new byte[4 << 20]));
            saver.start();
            await(stands);
            CompletableFuture<Void> unanswered = serving.pulse();
            Await.until("a sign that was on its way has come", this::isSilent);
            long periods = 20;
            long before = heard.count(ALIVE);
            Thread.sleep(periods * WATCHDOG_MICROS / 1_000);

            assertThat(heard.count(ALIVE)).isEqualTo(before);
            assertThat(unanswered).isNotDone();
            goesOn.countDown();
            heard.awaitMore(ALIVE, 3);
            saver.join();
        }
        serving.stop(Duration.ZERO);
    }

    @Test
    void hearsNoSignsThatAreForAnotherProcess() throws Exception {
        Supervision supervision =
                supervised("WATCHDOG_USEC", String.valueOf(WATCHDOG_MICROS), "WATCHDOG_PID", "1");
        Serving serving = Serving.start(plan(MemoryObserver.NONE));
        supervision.serving(serving);
        serving.stop(Duration.ZERO);
        heard.await("STOPPING=1");

        assertThat(heard.lines()).contains("READY=1").doesNotContain(ALIVE);
    }

    @Test
    void hearsOfAReload() {
        Supervision supervision = supervised();
        long before = System.nanoTime() / 1_000;

        supervision.reloading(() -> assertThat(heard.lines()).contains("RELOADING=1")).run();

        List<String> lines = heard.lines();
        assertThat(lines.indexOf("READY=1")).isGreaterThan(lines.indexOf("RELOADING=1"));
        assertThat(lines)
                .filteredOn(line -> line.startsWith("MONOTONIC_USEC="))
                .singleElement()
                .satisfies(
                        line ->
                                assertThat(Long.parseLong(line.substring(line.indexOf('=') + 1)))
                                        .isBetween(before, System.nanoTime() / 1_000));
    }

    /** More than its queue holds. */
    @Test
    void aSupervisorThatIsBehindHearsAllTheSame() throws Exception {
        Path queue = Path.of("/proc/sys/net/unix/max_dgram_qlen");
        int more = Integer.parseInt(Files.readString(queue).strip()) + 20;
        Notifier notifier = Notifier.of(Map.of("NOTIFY_SOCKET", heard.name())).orElseThrow();
        CompletableFuture<Void> sent =
                CompletableFuture.runAsync(
                        () -> IntStream.range(0, more).forEach(i -> notifier.send("i=" + i)));

        heard.await("i=" + (more - 1));

        sent.get();
        assertThat(heard.lines()).hasSize(more);
    }

    /** Nobody listens there: the daemon goes on. */
    @Test
    void losesWhatNobodyHears() throws Exception {
        Supervision supervision = supervised();
        heard.close();
        Serving serving = Serving.start(plan(MemoryObserver.NONE));
        supervision.serving(serving);

        assertThat(serving.stop(Duration.ZERO)).isTrue();
    }

    private static void await(CountDownLatch latch) {
        Await.until("the other one", () -> latch.getCount() == 0);
    }
}
