package io.pramd.daemon.bench;

import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.DaemonProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Immutable. The same work while more and more is stored beside it: what it costs must not grow.
 *
 * @param work what is measured at each step
 * @param steps what is stored beside it, each with more than the one before
 */
record GrowthCase(Work work, List<Work> steps, int rounds) implements BenchCase {

    /** Four times the bytes each time, up to that. */
    static GrowthCase ofBytes(Work work, int mebibytesMax, int rounds) {
        List<Work> steps = new ArrayList<>();
        for (int mebibytes = Math.max(1, mebibytesMax / 16);
                mebibytes <= mebibytesMax;
                mebibytes *= 4) {
            steps.add(Work.ofMebibytes(mebibytes, 64));
        }
        return new GrowthCase(work, steps, rounds);
    }

    /** Ten times as many nodes of one page each time, from a thousandth of that on. */
    static GrowthCase ofNodes(Work work, int nodesMax, int rounds) {
        List<Work> steps = new ArrayList<>();
        for (int nodes = Math.max(1, nodesMax / 1000); nodes <= nodesMax; nodes *= 10) {
            steps.add(Work.of(nodes, Work.PAGE_BYTES).with(16, 1));
        }
        return new GrowthCase(work, steps, rounds);
    }

    @Override
    public long memoryMebibytes() {
        return work.memoryMebibytes() + steps.getLast().memoryMebibytesOnce();
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        List<Series> series = new ArrayList<>();
        DaemonProcess daemon =
                stage.startDaemon(
                        "memory", memoryMebibytes(), SocketKind.TCP.daemonUri(stage.folder()));
        try (PramdContender pramd =
                PramdContender.of("pramd", work, SaveOptions.defaults(), daemon)) {
            for (Work step : steps) {
                pramd.client().removeAll("beside-");
                fill(daemon, step);
                Comparison comparison = new Comparison(work.unit(), work.amount());
                comparison.addVerbs(
                        String.format(
                                Locale.ROOT,
                                ", %,d nodes with %,d MiB stored",
                                step.nodes(),
                                step.bytes() >> 20),
                        List.of(pramd));
                series.addAll(comparison.run(rounds));
            }
        }
        return new Measured("growth, " + work.title(), series, List.of());
    }

    private static void fill(DaemonProcess daemon, Work step) throws Exception {
        PramdContender.of("", step, SaveOptions.defaults(), daemon).saveAll("beside-");
    }
}
