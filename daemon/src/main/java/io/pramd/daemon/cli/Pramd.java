package io.pramd.daemon.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One owner. The {@code pramd} command: parses its arguments and hands them to one subcommand. */
@Command(
        name = "pramd",
        description = "Serves, formats, grows, checks and prints memory files.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            ServeCommand.class,
            FormatCommand.class,
            GrowCommand.class,
            FsckCommand.class,
            DumpCommand.class
        })
public final class Pramd implements Runnable {

    @Spec private CommandSpec spec;

    private Pramd() {}

    public static void main(String[] args) {
        System.exit(newCommandLine().execute(args));
    }

    /** The command with its error handling, ready to run. */
    static CommandLine newCommandLine() {
        Failures failures = new Failures();
        return new CommandLine(new Pramd())
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
