package io.pramd.daemon.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.client.testing.PramdProcess;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.FaultyWire;
import io.pramd.daemon.fixture.RunLength;
import io.pramd.protocol.InfoValue;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * All connections are cut, over and over, while the daemon lives: it still holds what was begun,
 * and may carry out what was on its way after the client has given it up.
 */
class CutStormIT {
    private static final int CUTS = RunLength.of("pramd.storm.cuts", 30, 80);
    private static final int CHECK_EVERY = RunLength.of(15, 40);
    private static final int CALLS_BETWEEN_MAX = 60;
    private static final int LATE_MILLIS_MAX = 400;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void everyCallIsAnsweredAndTheStoreAgreesWithAllAnswers() throws Exception {
        storm(0);
    }

    /** What was begun over the lost connection is in the way of the call's next attempts. */
    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void soItDoesWhereTheDaemonHearsOfTheCutsLate() throws Exception {
        storm(LATE_MILLIS_MAX);
    }

    private void storm(long lateMillisMax) throws Exception {
        long seed = Long.getLong("pramd.storm.seed", System.nanoTime());
        System.err.println("CutStormIT: repeat with -Dpramd.storm.seed=" + seed);
        Random random = new Random(seed);
        try (PramdProcess daemon = startWithAPast();
                FaultyWire wire = new FaultyWire(daemon.uri());
                PramClient straight = PramClient.connect(daemon.uri())) {
            awaitDelivered(straight, wire); // so that its threads run
            wire.tellDaemonLate(lateMillisMax);
            storm(daemon, wire, straight, random);
        }
    }

    private void storm(PramdProcess daemon, FaultyWire wire, PramClient straight, Random random)
            throws InterruptedException {
        Storm storm = new Storm(folder, 2);
        try (PramClient client = PramClient.connect(wire.uri(), storm.config())) {
            storm.begin(client, random, () -> awaitDelivered(straight, wire));
            for (int i = 1; i <= CUTS; i++) {
                storm.live(random.nextInt(CALLS_BETWEEN_MAX));
                if (random.nextBoolean()) {
                    wire.cut();
                } else {
                    wire.cutClients();
                }
                storm.requireAllAlive();
                if (i % CHECK_EVERY == 0) {
                    storm.check(client);
                }
            }
            storm.end(client);
        } finally {
            storm.stop();
        }
        storm.requireNothingLeft();
        assertThat(daemon.stop()).isZero();
        System.err.println("CutStormIT: cuts=" + CUTS + " " + storm);
    }

    /** It has been restarted, so that it cannot say of every save what became of it. */
    private PramdProcess startWithAPast() {
        PramdProcess daemon =
                PramdProcess.builder()
                        .command(DaemonProcess.launcher().toString())
                        .environment("PRAMD_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
                        .memory(folder.resolve("m"))
                        .sizeBytes(128 << 20)
                        .start();
        try (PramClient client = PramClient.connect(daemon.uri())) {
            client.save("past", new byte[1]);
            client.remove("past");
        }
        daemon.restart();
        return daemon;
    }

    /** Behind the ends of all connections that were cut, and behind what they had asked for. */
    private static synchronized void awaitDelivered(PramClient straight, FaultyWire wire) {
        Set<Object> untold = wire.untold();
        try {
            Await.until(
                    "the daemon has noticed all cuts",
                    () ->
                            Collections.disjoint(untold, wire.untold())
                                    && connections(straight) <= wire.daemonLines() + 2);
        } catch (AssertionError e) {
            throw new AssertionError(wire.daemonLines() + " " + straight.info(), e);
        }
        straight.save("barrier", SaveOptions.defaults().withReplace(true), new byte[1]);
    }

    private static long connections(PramClient client) {
        return ((InfoValue.Count) client.info().get("connections.open")).value();
    }
}
