package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.RejectedException;
import io.pramd.client.SaveOutcome;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.process.HoldingClient.Place;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client process ends by SIGKILL: what it held comes back, and the daemon stays as it is. */
@Timeout(120)
class KilledClientIT {
    private static final byte[] BYTES = HoldingClient.BYTES;

    @TempDir static Path folder;

    private static DaemonProcess daemon;
    private static PramClient client;

    @BeforeAll
    static void start() {
        daemon =
                DaemonProcess.start(
                        Map.of("PRAMD_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"),
                        folder.resolve("m"));
        client =
                PramClient.connect(daemon.uri(), PramConfig.defaults().withRetryFor(Duration.ZERO));
        Await.until(
                "recovery is complete",
                () -> client.info().get("recovery.complete").equals(InfoValue.of(true)));
    }

    @AfterEach
    void empty() {
        client.removeAll("");
    }

    @AfterAll
    static void stop() {
        client.close();
        assertThat(daemon.stop()).isZero();
        assertThat(daemon.log()).doesNotContain("WARN", "ERROR");
        daemon.close();
        Ended checked = Commands.in(folder).pramd("fsck", folder.resolve("m").toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
    }

    private long count(String key) {
        return ((InfoValue.Count) client.info().get(key)).value();
    }

    private long freeAndHeld() {
        Map<String, InfoValue> info = client.info();
        return ((InfoValue.Count) info.get("frames.free")).value()
                + ((InfoValue.Count) info.get("frames.held")).value();
    }

    private void awaitLetGo() {
        Await.until(
                "no stream is open", () -> count("streams.saving") + count("streams.loading") == 0);
    }

    @Test
    void duringASaveLeavesNameAndFramesFree() {
        long before = freeAndHeld();
        List<Place> places = List.of(Place.PREPARED, Place.SENDING, Place.SENT);
        List<HoldingClient> holders =
                places.stream()
                        .map(place -> HoldingClient.start(daemon.uri(), place, "new/" + place))
                        .toList();
        assertThat(client.list("")).extracting("state").containsOnly(NodeState.SAVING).hasSize(3);

        holders.forEach(HoldingClient::close);

        awaitLetGo();
        assertThat(client.list("")).isEmpty();
        Await.until("all frames are back", () -> freeAndHeld() == before);
        for (Place place : places) {
            String name = "new/" + place;
            SaveOutcome outcome = client.outcome(HoldingClient.saveId(name));
            assertThat(outcome.outcome()).isEqualTo(Outcome.NOT_DONE);
            client.save(name, new byte[1]);
        }
    }

    @Test
    void duringAReplaceLeavesTheOldNode() {
        List<Place> places = List.of(Place.PREPARED, Place.SENDING, Place.SENT);
        places.forEach(place -> client.save("old/" + place, new byte[100_000]));
        List<NodeRecord> nodes = client.list("");
        long before = freeAndHeld();

        places.stream()
                .map(place -> HoldingClient.start(daemon.uri(), place, "old/" + place))
                .toList()
                .forEach(HoldingClient::close);

        awaitLetGo();
        assertThat(client.list("")).isEqualTo(nodes);
        Await.until("all frames are back", () -> freeAndHeld() == before);
        for (NodeRecord node : nodes) {
            byte[] loaded = client.load(node.name(), in -> in.readAllBytes());
            assertThat(loaded).isEqualTo(new byte[100_000]);
        }
    }

    @Test
    void duringALoadLeavesTheNodeReady() {
        client.save("a", BYTES);
        long before = freeAndHeld();
        try (HoldingClient holder = HoldingClient.start(daemon.uri(), Place.LOADING, "a")) {
            assertThat(client.stat("a").state()).isEqualTo(NodeState.LOADING);
            assertThat(holder.pid()).isPositive();
        }

        awaitLetGo();
        assertThat(client.stat("a").state()).isEqualTo(NodeState.READY);
        assertThat(freeAndHeld()).isEqualTo(before);
        byte[] loaded = client.load("a", in -> in.readAllBytes());
        assertThat(loaded).isEqualTo(BYTES);
    }

    @Test
    void duringAPeekGivesThePinsOfARemovedNodeBack() {
        long before = freeAndHeld();
        client.save("a", BYTES);
        try (HoldingClient holder = HoldingClient.start(daemon.uri(), Place.PEEKING, "a")) {
            client.remove("a");
            assertThat(holder.pid()).isPositive();
        }

        awaitLetGo();
        Await.until("all frames are back", () -> freeAndHeld() == before);
        assertThat(client.list("")).isEmpty();
    }

    /** The daemon stands still meanwhile: the finish lies in its socket when the client dies. */
    @Test
    void betweenFinishAndItsAnswerTheOutcomeIsWhatIsThere() {
        try (HoldingClient holder = HoldingClient.start(daemon.uri(), Place.SENT, "finished")) {
            HoldingClient.signal("STOP", daemon.pid());
            holder.goOn();
        }
        HoldingClient.signal("CONT", daemon.pid());

        awaitLetGo();
        SaveOutcome outcome = client.outcome(HoldingClient.saveId("finished"));
        Optional<NodeRecord> found = client.find("finished");
        if (found.isPresent()) {
            assertThat(outcome.outcome()).isEqualTo(Outcome.DONE);
            assertThat(outcome.sequence()).hasValue(found.get().sequence());
            byte[] loaded = client.load("finished", in -> in.readAllBytes());
            assertThat(loaded).isEqualTo(BYTES);
        } else {
            assertThat(outcome.outcome()).isEqualTo(Outcome.NOT_DONE);
            assertThat(client.find("finished")).isEmpty();
        }
    }

    /** The same for a load: consumed, or READY. */
    @Test
    void betweenTheFinishOfALoadAndItsAnswerTheNodeIsGoneOrWhole() {
        client.save("a", BYTES);
        try (HoldingClient holder = HoldingClient.start(daemon.uri(), Place.LOADING, "a")) {
            holder.goOn();
        }

        awaitLetGo();
        try {
            byte[] loaded = client.load("a", in -> in.readAllBytes());
            assertThat(loaded).isEqualTo(BYTES);
        } catch (RejectedException e) {
            assertThat(client.list("")).as(e.getMessage()).isEmpty();
        }
    }
}
