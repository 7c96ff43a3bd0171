package io.pramd.daemon.torture;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.InfoValue;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One owner. A real daemon, one client that behaves, and all kinds of peers that do not. */
final class PeersRun {
    /** Connections that a daemon serves at once; the others are told to come later. */
    private static final long CONNECTIONS_MAX = 1024;

    private static final long DESCRIPTORS_BESIDE_MAX = 100;
    private static final long SETTLE_SECONDS = 60;

    private final Path folder;
    private final int connections;
    private final int cycles;
    private final long sliceMillis;
    private final PrintWriter table;
    private final Map<String, Long> figures = new LinkedHashMap<>();
    private final Map<Hostility, Tally> tallies = new EnumMap<>(Hostility.class);

    /**
     * Prepares.
     *
     * @param connections that each kind of peers holds open at most
     * @param cycles of all kinds, each a slice of quiet and one of hostility
     */
    PeersRun(Path folder, int connections, int cycles, long sliceMillis, PrintWriter table) {
        this.folder = folder;
        this.connections = connections;
        this.cycles = cycles;
        this.sliceMillis = sliceMillis;
        this.table = table;
    }

    /** All kinds, one after the other, in some cycles. */
    Map<String, Long> round(long seed) throws Exception {
        figures.clear();
        tallies.clear();
        Path memory = folder.resolve("memory");
        Files.deleteIfExists(memory);
        Map<String, String> environment = Map.of("PRAMD_OPTS", ProcessFigures.JVM_OPTIONS);
        try (DaemonProcess daemon = DaemonProcess.start(environment, memory, "--size", "256M");
                PeersProcess peers = new PeersProcess(daemon.uri());
                GoodClient good = new GoodClient(daemon.uri())) {
            good.bytesWithin(sliceMillis);
            Samples afterCycles = new Samples();
            for (int cycle = 0; cycle < cycles; cycle++) {
                for (Hostility kind : Hostility.values()) {
                    Tally tally = tallies.computeIfAbsent(kind, key -> new Tally());
                    tally.quiet += good.bytesWithin(sliceMillis);
                    peers.begin(kind, connections, seed + cycle);
                    if (kind.isKept()) {
                        // what they cost when they come is not what they cost as they stay
                        good.bytesWithin(sliceMillis);
                    }
                    tally.hostile += good.bytesWithin(sliceMillis);
                    tally.most = ProcessFigures.of(daemon.pid()).most(tally.most);
                    tally.add(peers.end());
                    awaitQuiet(good.client(), daemon.pid());
                }
                afterCycles.add(ProcessFigures.of(daemon.pid()));
            }
            tallies.forEach(this::report);
            afterCycles.describe(figures);
            figures.put("leaked", afterCycles.leaks());
            figures.put("wrong", good.wrong());
            figures.put("failed", good.failed());
        }
        table.flush();
        Files.deleteIfExists(memory);
        return figures;
    }

    /** One owner. What came of one kind of peers. */
    private static final class Tally {
        private long quiet;
        private long hostile;
        private long attacks;
        private long unended;
        private ProcessFigures most = new ProcessFigures(0, 0, 0, 0);

        void add(PeersProcess.Done done) {
            attacks += done.attacks();
            unended += done.unended();
        }

        double ratio() {
            return quiet == 0 ? 1 : (double) hostile / quiet;
        }
    }

    private void report(Hostility kind, Tally tally) {
        boolean isCrowd = tally.most.descriptors() > 2 * CONNECTIONS_MAX + DESCRIPTORS_BESIDE_MAX;
        figures.merge("kinds", 1L, Long::sum);
        figures.merge("attacks", tally.attacks, Long::sum);
        figures.merge("slowed", tally.ratio() < 0.5 ? 1L : 0L, Long::sum);
        figures.merge("unended", tally.unended + (isCrowd ? 1 : 0), Long::sum);
        table.printf(
                Locale.ROOT,
                "%-16s attacks=%d throughput=%.2f mostAnonKib=%d mostDirectKib=%d"
                        + " mostDescriptors=%d mostThreads=%d%n",
                kind,
                tally.attacks,
                tally.ratio(),
                tally.most.anonKib(),
                tally.most.directKib(),
                tally.most.descriptors(),
                tally.most.threads());
    }

    /** The daemon has let go of all that the peers held. */
    private static void awaitQuiet(PramClient client, long pid) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
        while (count(client, "connections.open") > 8
                || count(client, "streams.saving") + count(client, "streams.loading") > 2
                || ProcessFigures.descriptors(pid) > DESCRIPTORS_BESIDE_MAX) {
            if (System.nanoTime() > end) {
                throw new AssertionError("peers have left something: " + client.info());
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static long count(PramClient client, String key) {
        return ((InfoValue.Count) client.info().get(key)).value();
    }
}
