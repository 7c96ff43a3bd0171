package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.LoadStream;
import io.pramd.client.NotSentException;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramException;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.process.HoldingClient.Place;
import io.pramd.protocol.Errno;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.SaveId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGSTOP and SIGCONT, to the daemon and to a client, in the middle of what they do. */
@Timeout(120)
class PausedIT {
    private static final byte[] BYTES = HoldingClient.BYTES;
    private static final PramConfig IMPATIENT =
            PramConfig.defaults().withRetryFor(Duration.ZERO).withNoProgress(Duration.ofSeconds(4));

    @TempDir Path folder;

    private DaemonProcess daemon;
    private PramClient client;

    @BeforeEach
    void start() {
        daemon =
                DaemonProcess.start(
                        Map.of("PRAMD_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"),
                        folder.resolve("m"));
        client = PramClient.connect(daemon.uri());
        client.save("loaded", BYTES);
    }

    @AfterEach
    void stop() {
        client.close();
        assertThat(daemon.stop()).isZero();
        assertThat(daemon.log()).doesNotContain("WARN", "ERROR");
        daemon.close();
    }

    private void pause() {
        HoldingClient.signal("STOP", daemon.pid());
    }

    private void goOn() {
        HoldingClient.signal("CONT", daemon.pid());
    }

    @Test
    void aDaemonThatStandsStillEndsNoCallOfAPatientClient() throws Exception {
        SaveStream save = client.openSave("saved", SaveOptions.defaults());
        save.write(BYTES, 0, 2_000_000);
        LoadStream load = client.openLoad("loaded");
        byte[] begin = load.readNBytes(1_000_000);
        pause();
        Thread.ofVirtual().start(this::goOnSoon);

        save.write(BYTES, 2_000_000, BYTES.length - 2_000_000);
        save.finish();
        byte[] rest = load.readAllBytes();
        load.finish();

        assertThat(begin.length + rest.length).isEqualTo(BYTES.length);
        byte[] loaded = client.load("saved", in -> in.readAllBytes());
        assertThat(loaded).isEqualTo(BYTES);
        assertThat(client.list("")).isEmpty();
    }

    private void goOnSoon() {
        try {
            Thread.sleep(500); // how long it stands still
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        goOn();
    }

    @Test
    void aDaemonThatStandsStillTooLongIsGivenUpAndHoldsNothingLater() throws Exception {
        SaveId saveId = SaveId.random();
        byte[] large = new byte[32_000_000]; // more than a client reads ahead
        Arrays.fill(large, (byte) 7);
        client.save("large", large);
        try (PramClient impatient = PramClient.connect(daemon.uri(), IMPATIENT)) {
            SaveStream save =
                    impatient.openSave("saved", SaveOptions.defaults().withSaveId(saveId));
            save.write(BYTES, 0, 2_000_000);
            LoadStream load = impatient.openLoad("large");
            byte[] begin = load.readNBytes(1_000_000);
            assertThat(begin).hasSize(1_000_000);
            pause();

            assertThatThrownBy(
                            () -> {
                                save.write(BYTES, 2_000_000, BYTES.length - 2_000_000);
                                save.finish();
                            })
                    .isInstanceOf(PramException.class)
                    .extracting(e -> ((PramException) e).errno())
                    .isEqualTo(Errno.ETIMEDOUT);
            assertThatThrownBy(load::readAllBytes)
                    .isInstanceOf(NotSentException.class)
                    .matches(e -> ((NotSentException) e).isNoProgress());
            save.discard();
            load.abort();
        } finally {
            goOn();
        }

        Await.until(
                "it has noticed", () -> count("streams.saving") + count("streams.loading") == 0);
        boolean isThere = client.find("saved").isPresent();
        assertThat(client.outcome(saveId).outcome() == Outcome.DONE).isEqualTo(isThere);
        assertThat(client.stat("large").state()).isEqualTo(NodeState.READY);
        byte[] loaded = client.load("large", in -> in.readAllBytes());
        assertThat(loaded).isEqualTo(large);
    }

    private long count(String key) {
        return ((InfoValue.Count) client.info().get(key)).value();
    }

    @Test
    void clientsThatStandStillHoldNobodyElseUpAndGoOnLater() {
        client.save("peeked", BYTES);
        try (HoldingClient saver = HoldingClient.start(daemon.uri(), Place.SENDING, "saved");
                HoldingClient loader = HoldingClient.start(daemon.uri(), Place.LOADING, "loaded");
                HoldingClient peeker = HoldingClient.start(daemon.uri(), Place.PEEKING, "peeked")) {
            for (HoldingClient each : new HoldingClient[] {saver, loader, peeker}) {
                HoldingClient.signal("STOP", each.pid());
            }

            for (int i = 0; i < 10; i++) {
                client.save("other", SaveOptions.defaults().withReplace(true), BYTES);
                byte[] peeked = client.peek("peeked", in -> in.readAllBytes());
                assertThat(peeked).isEqualTo(BYTES);
            }
            client.remove("peeked");
            assertThat(client.stat("saved").state()).isEqualTo(NodeState.SAVING);
            assertThat(client.stat("loaded").state()).isEqualTo(NodeState.LOADING);

            for (HoldingClient each : new HoldingClient[] {saver, loader, peeker}) {
                HoldingClient.signal("CONT", each.pid());
                each.goOn();
                assertThat(each.answer()).isEqualTo("done");
            }
        }
        assertThat(client.list("")).extracting("name").containsExactlyInAnyOrder("saved", "other");
    }
}
