package io.pramd.daemon.torture;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** One owner. Runs rounds until they are enough, and says what came of all of them. */
final class Rounds {
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(30);

    /** What a figure is called that has to be zero. */
    private static final Set<String> FAULTS = Set.of("lost", "wrong", "leaked", "failed");

    private final Ledger ledger;
    private final long roundsMax;
    private final Duration longest;
    private final CommandLine command;

    Rounds(Ledger ledger, long roundsMax, Duration longest, CommandLine command) {
        this.ledger = ledger;
        this.roundsMax = roundsMax;
        this.longest = longest;
        this.command = command;
    }

    /** One round; all that it does by chance follows from its seed. */
    @FunctionalInterface
    interface Round {
        /**
         * Runs to its end, having written down its evidence where it found a fault.
         *
         * @return counts by name, in the order in which they are to be printed; the same names in
         *     each round; those called lost, wrong, leaked or failed have to be zero
         */
        Map<String, Long> run(long seed) throws Exception;
    }

    /** Rounds that have ended, in this run and before it. */
    long ended() {
        return ledger.rounds();
    }

    /**
     * Runs what is left to run, and prints the sums as its last line.
     *
     * @return the exit code: 0 when no round has found a fault, in this run or before it
     */
    int run(Round round) throws Exception {
        runAll(round);
        return conclude();
    }

    /**
     * @param ending a round more, behind all others
     */
    int run(Round round, Round ending) throws Exception {
        runAll(round);
        runOne(ending);
        return conclude();
    }

    private void runAll(Round round) throws Exception {
        PrintWriter err = command.getErr();
        err.printf("%s seed=%d roundsBefore=%d%n", ledger.kind(), ledger.seed(), ledger.rounds());
        long nextProgress = System.nanoTime() + PROGRESS_EVERY.toNanos();
        while (ledger.rounds() < roundsMax && ledger.spent().compareTo(longest) < 0) {
            runOne(round);
            if (System.nanoTime() > nextProgress) {
                err.printf(
                        "after %d s: rounds=%d %s%n",
                        ledger.spent().toSeconds(), ledger.rounds(), line(ledger.figures()));
                nextProgress = System.nanoTime() + PROGRESS_EVERY.toNanos();
            }
            err.flush();
        }
    }

    private void runOne(Round round) throws Exception {
        long seed = seedOf(ledger.rounds());
        long begin = System.nanoTime();
        Map<String, Long> found = round.run(seed);
        ledger.add(Duration.ofNanos(System.nanoTime() - begin), found);
        if (hasFaults(found)) {
            PrintWriter err = command.getErr();
            err.printf("round %d, its seed %d: %s%n", ledger.rounds() - 1, seed, line(found));
            err.flush();
        }
    }

    /** Prints the last line; answers the exit code. */
    private int conclude() {
        command.getOut()
                .printf(
                        "%s seed=%d minutes=%.1f rounds=%d %s%n",
                        ledger.kind(),
                        ledger.seed(),
                        ledger.spent().toMillis() / 60_000.0,
                        ledger.rounds(),
                        line(ledger.figures()));
        command.getOut().flush();
        return hasFaults(ledger.figures()) ? 1 : 0;
    }

    /** The seed of one round: to be tried again by a test, without those before it. */
    private long seedOf(long round) {
        return new SplittableRandom(ledger.seed() + round * 0x9E3779B97F4A7C15L).nextLong();
    }

    private static boolean hasFaults(Map<String, Long> figures) {
        return figures.entrySet().stream()
                .anyMatch(each -> FAULTS.contains(each.getKey()) && each.getValue() != 0);
    }

    private static String line(Map<String, Long> figures) {
        return figures.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }
}
