package io.pramd.daemon.torture;

import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** One owner. What every torture is told: how long, from which seed, and where. */
final class TortureOptions {
    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long, interruptions not counted. Default: 1.")
    private int minutes = 1;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Stop after so many rounds, however long they take.")
    private Integer rounds;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description =
                    "Where all chance comes from. Default: that of the run that goes on, or a new"
                            + " one.")
    private Long seed;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description =
                    "Where memory files lie, what is known so far, and the evidence when something"
                            + " is wrong. Default: daemon/target/torture/COMMAND.")
    private Path folder;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    /** The folder, which is there from now on. */
    Path folder() throws IOException {
        Path chosen =
                folder == null
                        ? DaemonProcess.distribution()
                                .resolveSibling("torture")
                                .resolve(command.name())
                        : folder;
        return Files.createDirectories(chosen);
    }

    /** How long in all. */
    Duration time() {
        return Duration.ofMinutes(minutes);
    }

    /**
     * The rounds that are to be run, those of an earlier run done already.
     *
     * @param settings what else decides what a round does: a run with others is another run
     */
    Rounds rounds(String settings) throws IOException {
        String kind = command.name() + (settings.isEmpty() ? "" : " " + settings);
        Path file = folder().resolve(kind.replaceAll("[^A-Za-z0-9.]+", "-") + ".jsonl");
        Ledger ledger = Ledger.open(file, kind, seed == null ? newSeed() : seed, seed != null);
        long roundsMax = rounds != null ? rounds : Long.MAX_VALUE;
        Duration longest = rounds != null ? Duration.ofDays(365) : Duration.ofMinutes(minutes);
        return new Rounds(ledger, roundsMax, longest, command.commandLine());
    }

    private static long newSeed() {
        return new SecureRandom().nextInt(Integer.MAX_VALUE);
    }
}
