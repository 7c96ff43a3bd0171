package io.pramd.daemon.torture;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One owner. {@code scripts/torture}: runs that look for what is lost, as long as one likes. */
@Command(
        name = "scripts/torture",
        description = {
            "Tries for hours what the tests try for seconds, and counts what was lost, wrong or"
                    + " left over. Every round has a seed of its own, derived from --seed. A run"
                    + " that was stopped goes on where it was when it is started again with the"
                    + " same options; one that has done its work only says its last line again."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CutTorture.class,
            FlipCommand.class,
            FuzzCommand.class,
            KillCommand.class,
            PeersCommand.class,
            SoakCommand.class
        })
public final class Torture {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this and exit.")
    private boolean help;

    private Torture() {}

    public static void main(String[] args) {
        System.exit(newCommandLine().execute(args));
    }

    /** The command, ready to run. */
    static CommandLine newCommandLine() {
        return new CommandLine(new Torture()).setCaseInsensitiveEnumValuesAllowed(true);
    }
}
