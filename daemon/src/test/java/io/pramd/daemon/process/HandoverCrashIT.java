package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.daemon.cli.StoppedHandover;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.supervise.HandoverPoint;
import io.pramd.protocol.InfoValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SIGKILL of either process in each moment of a hand-over, under load: all that was answered is
 * there, and whoever is left serves as long as the sockets are its own.
 */
@Timeout(120)
class HandoverCrashIT {
    private static final int CLIENTS = 2;

    /** In these the predecessor has not heard yet that it is to end. */
    private static final Set<HandoverPoint> BEFORE_THE_END =
            EnumSet.of(HandoverPoint.ASKED, HandoverPoint.OFFERED, HandoverPoint.RECEIVED);

    private enum Victim {
        PREDECESSOR,
        SUCCESSOR
    }

    @TempDir(factory = OnDevice.class)
    Path folder;

    private Path memory;
    private final List<BusyClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    @BeforeEach
    void prepare() {
        memory = folder.resolve("m");
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new BusyClient(i, i));
        }
    }

    static Stream<Arguments> everyMomentAndVictim() {
        return Stream.of(HandoverPoint.values())
                .flatMap(
                        point ->
                                Stream.of(Victim.values())
                                        .map(victim -> Arguments.of(point, victim)));
    }

    @ParameterizedTest
    @MethodSource("everyMomentAndVictim")
    @Tag("full")
    void losesNothingThatWasAnswered(HandoverPoint point, Victim victim) throws Exception {
        kill(point, victim);
    }

    /** The same, for a few that stand for all. */
    @ParameterizedTest
    @CsvSource({"OFFERED,SUCCESSOR", "FORCING,PREDECESSOR", "OPENING,SUCCESSOR"})
    void losesNothingThatWasAnsweredInSomeMoments(HandoverPoint point, Victim victim)
            throws Exception {
        kill(point, victim);
    }

    private void kill(HandoverPoint point, Victim victim) throws Exception {
        try (DaemonProcess old = startOld()) {
            clients.forEach(client -> work(client, old.uri()));
            Files.writeString(folder.resolve(StoppedHandover.STOP_AT), point.name());
            try (CommandProcess successor = startSuccessor(old.uri())) {
                Await.until(
                        point + " is reached",
                        () -> Files.exists(folder.resolve(StoppedHandover.REACHED)));
                if (victim == Victim.PREDECESSOR) {
                    old.kill();
                } else {
                    ProcessHandle.of(successor.pid()).orElseThrow().destroyForcibly();
                    Await.until("it is gone", () -> !successor.isAlive());
                }
                Files.createFile(folder.resolve(StoppedHandover.GO_ON));
                if (victim == Victim.PREDECESSOR) {
                    Await.until("READY", () -> successor.stdout().startsWith("READY "));
                    assertThat(successor.stdout()).contains(old.uri());
                    requireServes(old.uri());
                } else if (BEFORE_THE_END.contains(point)) {
                    requireServes(old.uri());
                } else {
                    assertThat(old.awaitExit()).as(old.log()).isZero();
                }
            }
        }
        for (Thread thread : threads) { // both processes are gone
            thread.join();
        }
        try (DaemonProcess last = DaemonProcess.start(memory);
                PramClient client = PramClient.connect(last.uri())) {
            requireServes(last.uri());
            for (BusyClient busy : clients) {
                busy.rethrow();
                busy.settle(client);
            }
        }
    }

    private DaemonProcess startOld() {
        return DaemonProcess.startMain(
                StoppedHandover.class, memory, "--handover", folder.resolve("h").toString());
    }

    private CommandProcess startSuccessor(String uri) {
        List<String> words = new ArrayList<>(DaemonProcess.mainCommand(StoppedHandover.class));
        words.addAll(List.of("serve", "--memory", memory.toString(), "--listen", uri));
        words.addAll(List.of("--handover", folder.resolve("h").toString()));
        return Commands.in(folder).start(words);
    }

    private void work(BusyClient client, String uri) {
        Thread thread = new Thread(() -> client.work(uri), "client-" + client.number());
        threads.add(thread);
        thread.start();
    }

    private static void requireServes(String uri) {
        try (PramClient client = PramClient.connect(uri)) {
            Await.until(
                    "recovery is complete",
                    () -> client.info().get("recovery.complete").equals(InfoValue.of(true)));
            assertThat(client.info().get("nodes.quarantined")).isEqualTo(InfoValue.of(0));
            client.save("probe", new byte[] {1});
            client.remove("probe");
        }
    }
}
