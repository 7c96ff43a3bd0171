package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.testing.PramdProcess;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.NodeState;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service's state is handed over from process to process, whichever of them is killed. */
@Timeout(120)
class WarmStateIT {
    private static final String BUILT = "REBUILT NO_NODE 0";

    @TempDir Path folder;
    private PramdProcess daemon;
    private PramClient client;
    private Path gate;

    @BeforeEach
    void startDaemon() {
        daemon =
                PramdProcess.builder()
                        .command(DaemonProcess.launcher().toString())
                        .sizeBytes(256 << 20)
                        .start();
        client = PramClient.connect(daemon.uri());
        gate = folder.resolve("gate");
    }

    @AfterEach
    void stopDaemon() {
        client.close();
        daemon.close();
    }

    @Test
    void survivesSigkillAndSigtermOfTheServiceAndAnotherFingerprintBuildsAnew() throws Exception {
        try (WarmServiceProcess first = launch()) {
            first.awaitSaid(BUILT);
            first.tell("become 5", "became 5");
            first.tell("checkpoint", "checkpoint SAVED");
            first.tell("become 6", "became 6");
        } // SIGKILL
        try (WarmServiceProcess second = launch()) {
            second.awaitSaid("RESTORED NODE_READ 5");
            second.tell("become 7", "became 7");
            second.stop(); // SIGTERM
            assertThat(second.stderr()).contains("last checkpoint: saved");
        }
        try (WarmServiceProcess third = launch()) {
            third.awaitSaid("RESTORED NODE_READ 7");
        }
        try (WarmServiceProcess other = launch("2")) {
            other.awaitSaid("REBUILT FINGERPRINT_DIFFERS 0");
        }
    }

    @Test
    void survivesSigkillOfTheDaemonAndOfBoth() throws Exception {
        try (WarmServiceProcess first = launch()) {
            first.awaitSaid(BUILT);
            awaitSaved();
            // behind the first one: were its answer lost, it would be asked about for 30 s
            first.tell("checkpoint", "checkpoint SAVED");
            daemon.kill();
            first.tell("become 5", "became 5");
            first.tell("checkpoint", "checkpoint FAILED");
            daemon.restart();
            first.tell("checkpoint", "checkpoint SAVED");
            Await.until(
                    "it is saved again",
                    () -> Collections.frequency(first.said(), "checkpoint SAVED") == 2);
            daemon.kill();
        }
        daemon.restart();
        try (WarmServiceProcess second = launch()) {
            second.awaitSaid("RESTORED NODE_READ 5");
        }
    }

    @Test
    void startsWithoutADaemonAndSavesOnceThereIsOne() throws Exception {
        daemon.kill();
        try (WarmServiceProcess service = launch()) {
            service.awaitSaid("REBUILT UNREACHABLE 0");
            service.tell("become 3", "became 3");
            service.terminate();
            daemon.restart();
            service.awaitEnd();
        }
        assertThat(number()).isEqualTo(3);
    }

    @Test
    void aSuccessorWaitsForTheLastSaveOfItsPredecessor() throws Exception {
        try (WarmServiceProcess predecessor = launch()) {
            predecessor.awaitSaid(BUILT);
            awaitSaved();
            predecessor.tell("become 9", "became 9");
            Files.createFile(gate);
            predecessor.terminate();
            predecessor.awaitSaid("halfway");
            assertThat(number()).isZero();
            try (WarmServiceProcess successor = launch()) {
                successor.awaitSaid("waiting");
                Files.delete(gate);
                successor.awaitSaid("RESTORED NODE_READ 9");
                assertThat(successor.stderr()).contains("; waited ");
            }
            predecessor.awaitEnd();
        }
    }

    @Test
    void aSuccessorWaitsForTheFirstSaveOfItsPredecessor() throws Exception {
        Files.createFile(gate);
        try (WarmServiceProcess predecessor = launch()) {
            predecessor.awaitSaid(BUILT);
            predecessor.awaitSaid("halfway");
            assertThat(client.stat("state").state()).isEqualTo(NodeState.SAVING);
            try (WarmServiceProcess successor = launch()) {
                successor.awaitSaid("waiting");
                Files.delete(gate);
                successor.awaitSaid("RESTORED NODE_READ 0");
            }
        }
    }

    @Test
    void aSuccessorDoesNotWaitForASaveThatIsKilled() throws Exception {
        Files.createFile(gate);
        try (WarmServiceProcess predecessor = launch()) {
            predecessor.awaitSaid("halfway");
            try (WarmServiceProcess successor = launch()) {
                successor.awaitSaid("waiting");
                predecessor.kill();
                successor.awaitSaid(BUILT);
                Files.delete(gate);
            }
        }
    }

    @Test
    void aPredecessorThatEndsAfterItsSuccessorHasSavedLeavesTheNodeAlone() throws Exception {
        try (WarmServiceProcess predecessor = launch()) {
            predecessor.awaitSaid(BUILT);
            predecessor.tell("become 5", "became 5");
            predecessor.tell("checkpoint", "checkpoint SAVED");
            try (WarmServiceProcess successor = launch()) {
                successor.awaitSaid("RESTORED NODE_READ 5");
                successor.tell("become 20", "became 20");
                successor.tell("checkpoint", "checkpoint SAVED");
                predecessor.tell("become 6", "became 6");

                predecessor.stop();

                assertThat(predecessor.stderr())
                        .contains("last checkpoint left out: a later incarnation has saved");
                assertThat(number()).isEqualTo(20);
            }
        }
    }

    @Test
    void theLastSaveIsBegunAnewWhenTheDaemonIsKilledInItsMiddle() throws Exception {
        try (WarmServiceProcess service = launch()) {
            service.awaitSaid(BUILT);
            awaitSaved();
            service.tell("become 9", "became 9");
            Files.createFile(gate);
            service.terminate();
            service.awaitSaid("halfway");
            daemon.kill();
            Files.delete(gate);
            daemon.restart();
            service.awaitEnd();
        }
        assertThat(number()).isEqualTo(9);
    }

    @Test
    void sigtermDoesNotCutALastSaveThatTheProgramHasBegunItself() throws Exception {
        try (WarmServiceProcess service = launch()) {
            service.awaitSaid(BUILT);
            awaitSaved();
            service.tell("become 9", "became 9");
            Files.createFile(gate);
            service.endInput();
            service.awaitSaid("halfway");
            service.terminate();
            service.awaitSaid("ending");
            Files.delete(gate);
            service.awaitEnd();
        }
        assertThat(number()).isEqualTo(9);
    }

    private WarmServiceProcess launch() throws IOException {
        return launch("1");
    }

    private WarmServiceProcess launch(String fingerprint) throws IOException {
        return WarmServiceProcess.launch(folder, daemon.uri(), gate, fingerprint);
    }

    /** What is saved; at once. */
    private long number() throws IOException {
        return client.peek("state", in -> new DataInputStream(in).readLong());
    }

    private void awaitSaved() {
        Await.until(
                "the state is saved",
                () ->
                        client.find("state")
                                .filter(node -> node.state() == NodeState.READY)
                                .isPresent());
    }
}
