package io.pramd.daemon.torture;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One owner. {@code scripts/torture peers}. */
@Command(
        name = "peers",
        description = {
            "Sets peers that misbehave on a real daemon, one kind after the other, and compares"
                    + " what a client that behaves gets done meanwhile with what it gets done in"
                    + " between, in slices of the same length.",
            "slowed counts the kinds under which it kept less than half; unended the peers that"
                    + " were neither answered nor closed in time. Figures of each kind go to"
                    + " stderr."
        })
final class PeersCommand implements Callable<Integer> {
    @Mixin private TortureOptions options;

    @Spec private CommandSpec command;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Held open by each kind at most. Default: ${DEFAULT-VALUE}.")
    private int connections = 10_000;

    @Option(
            names = "--cycles",
            paramLabel = "N",
            description =
                    "How often all kinds come in a round; from 4 on growth shows. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int cycles = 4;

    @Option(
            names = "--slice",
            paramLabel = "MILLIS",
            description = "Length of a slice. Default: ${DEFAULT-VALUE}.")
    private long sliceMillis = 2_000;

    @Override
    public Integer call() throws Exception {
        PeersRun run =
                new PeersRun(
                        options.folder().toAbsolutePath(),
                        connections,
                        cycles,
                        sliceMillis,
                        command.commandLine().getErr());
        return options.rounds("connections=" + connections).run(run::round);
    }
}
