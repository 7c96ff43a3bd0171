package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.InMemory;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.RunLength;
import io.pramd.protocol.InfoValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a real daemon with SIGKILL at random moments under busy clients, starts it again, and
 * compares what it holds with what each client was told: acknowledged changes are whole, the others
 * happened whole or not at all.
 */
class CrashIT {
    private static final int ROUNDS = RunLength.of(5, 24);
    private static final int CLIENTS = 4;
    private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(30);

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void keepsEveryAcknowledgedChangeOverSigkill(@TempDir(factory = OnDevice.class) Path folder)
            throws Exception {
        killInRounds(folder);
    }

    /** Where event loops commit themselves. */
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void keepsEveryAcknowledgedChangeOverSigkillInMemory(
            @TempDir(factory = InMemory.class) Path folder) throws Exception {
        killInRounds(folder);
    }

    private static void killInRounds(Path folder) throws Exception {
        long seed = Long.getLong("pramd.crash.seed", System.nanoTime());
        System.err.println("CrashIT: repeat with -Dpramd.crash.seed=" + seed);
        Random random = new Random(seed);
        Path memory = folder.resolve("m");
        List<BusyClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new BusyClient(i, random.nextLong()));
        }
        int acknowledged = 0;
        int round = 0;
        while (round < ROUNDS || acknowledged <= ROUNDS) { // a slow machine needs more, and longer
            int times = 1 + round++ / ROUNDS;
            try (DaemonProcess daemon = DaemonProcess.start(memory)) {
                verify(daemon, clients);
                acknowledged += liveAndKill(daemon, clients, times * (20 + random.nextInt(400)));
            }
        }
        try (DaemonProcess daemon = DaemonProcess.start(memory)) {
            verify(daemon, clients);
            assertThat(daemon.stop()).isZero();
        }
        System.err.println(
                "CrashIT: kills=" + round + " acknowledged=" + acknowledged + " lost=0 wrong=0");
    }

    private static int liveAndKill(DaemonProcess daemon, List<BusyClient> clients, int millis)
            throws Exception {
        List<Thread> threads = new ArrayList<>();
        int before = clients.stream().mapToInt(BusyClient::acknowledged).sum();
        for (BusyClient client : clients) {
            Thread thread =
                    new Thread(() -> client.work(daemon.uri()), "client-" + client.number());
            thread.start();
            threads.add(thread);
        }
        Thread.sleep(millis); // the moment of the kill, not a synchronisation
        daemon.kill();
        for (Thread thread : threads) {
            thread.join();
        }
        for (BusyClient client : clients) {
            client.rethrow();
        }
        return clients.stream().mapToInt(BusyClient::acknowledged).sum() - before;
    }

    private static void verify(DaemonProcess daemon, List<BusyClient> clients) throws Exception {
        try (PramClient client = PramClient.connect(daemon.uri())) {
            awaitRecovery(client);
            for (BusyClient busy : clients) {
                busy.settle(client);
            }
            assertThat(client.info().get("nodes.quarantined")).isEqualTo(InfoValue.of(0));
        }
    }

    private static void awaitRecovery(PramClient client) throws Exception {
        long deadline = System.nanoTime() + RECOVERY_LIMIT.toNanos();
        Map<String, InfoValue> info = client.info();
        while (!info.get("recovery.complete").equals(InfoValue.of(true))) {
            assertThat(System.nanoTime()).as("recovery in time: %s", info).isLessThan(deadline);
            Thread.sleep(10);
            info = client.info();
        }
    }
}
