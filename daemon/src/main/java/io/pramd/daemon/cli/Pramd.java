package io.pramd.daemon.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One owner. The {@code pramd} command: parses its arguments and hands them to one subcommand. */
@Command(
        name = "pramd",
        description = "Serves, formats, checks and prints memory files.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Pramd implements Runnable {

    @Spec private CommandSpec spec;

    private Pramd() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Pramd()).execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
