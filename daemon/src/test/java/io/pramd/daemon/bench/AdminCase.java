package io.pramd.daemon.bench;

import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.DaemonProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Immutable. The same work for a daemon that nobody can look at, beside one that counts and times
 * what it does; and for a daemon while it is looked at, beside the same one while it is not.
 */
record AdminCase(Work work, int rounds) implements BenchCase {
    private static final int DAEMONS = 3;
    private static final double SHARE = 0.99;

    /** Two take turns with the last one, and each leaves what it has saved. */
    private static final int SHARING = 2;

    @Override
    public long memoryMebibytes() {
        return (DAEMONS - 1 + SHARING) * work.memoryMebibytesOnce();
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try {
            contenders.add(contender("without --admin", start(stage, "none", 1)));
            contenders.add(
                    contender("--admin", start(stage, "admin", 1, "--admin", "127.0.0.1:0")));
            DaemonProcess seen = start(stage, "seen", SHARING, "--admin", "127.0.0.1:0");
            contenders.add(new Settled(contender("between looks", seen)));
            Watched watched = new Watched(contender("looked at", seen), seen.admin());
            contenders.add(new Settled(watched));
            watched.warmUp();
            Comparison comparison = new Comparison(work.unit(), work.amount());
            for (Verb verb : List.of(Verb.SAVE, Verb.LOAD)) {
                String what = verb.toString();
                comparison.add(what, verb, contenders.subList(0, DAEMONS - 1));
                comparison.add(
                        what + ", --admin",
                        verb,
                        contenders.subList(DAEMONS - 1, contenders.size()));
            }
            List<Series> measured = comparison.run(rounds);
            return new Measured(
                    "what it costs to be looked at, " + work.title(), measured, ofAll(measured));
        } finally {
            Alternatives.closeAll(contenders);
        }
    }

    /** What is rare, in the calls of all rounds. */
    private static List<String> ofAll(List<Series> measured) {
        return measured.stream()
                .filter(series -> series.hasLatencies(series.subject()))
                .map(AdminCase::ofAll)
                .toList();
    }

    private static String ofAll(Series series) {
        String own = series.subject();
        String other = series.others().getFirst();
        double ownMicros = series.latencyMicrosOfAll(own, SHARE);
        double otherMicros = series.latencyMicrosOfAll(other, SHARE);
        return String.format(
                Locale.ROOT,
                "%s, p99 of the calls of all rounds: %s %,.0f us, %s %,.0f us: %.2f x",
                series.what(),
                own,
                ownMicros,
                other,
                otherMicros,
                otherMicros / ownMicros);
    }

    private DaemonProcess start(Stage stage, String memory, int users, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "--size",
                                users * work.memoryMebibytesOnce() + "M",
                                "--listen",
                                "pram://127.0.0.1:0"));
        words.addAll(List.of(more));
        return DaemonProcess.start(
                stage.environment(), stage.folder().resolve(memory), words.toArray(String[]::new));
    }

    private Contender contender(String name, DaemonProcess daemon) {
        return Variant.reusing(PramdContender.of(name, work, SaveOptions.defaults(), daemon));
    }
}
