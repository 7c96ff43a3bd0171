package io.pramd.daemon.torture;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One owner. {@code scripts/torture soak}. */
@Command(
        name = "soak",
        description = {
            "Keeps a real daemon under full load for --minutes, and samples what it holds: resident"
                + " memory that is no file's, direct buffers, descriptors and threads. Fsck beside"
                + " it, and its own check, must find nothing.",
            "leaked counts those whose median in the last quarter is clearly over that in the"
                    + " second; the first is its warm-up. The heap is there, and resident, from the"
                    + " start.",
            "A soak is one round: one that was stopped begins anew."
        })
final class SoakCommand implements Callable<Integer> {
    @Mixin private TortureOptions options;

    @Option(
            names = "--watched",
            description =
                    "With an admin listener, and onlookers that ask all the time for everything a"
                            + " page shows. Some time behind the last of them, the memory of the"
                            + " map must have been given back.")
    private boolean isWatched;

    @Spec private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        SoakRun run =
                new SoakRun(
                        options.folder().toAbsolutePath(),
                        options.time(),
                        isWatched,
                        command.commandLine().getErr());
        return options.rounds(isWatched ? "watched" : "").run(run::round);
    }
}
