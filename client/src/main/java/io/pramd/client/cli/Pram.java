package io.pramd.client.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One owner. The {@code pram} command: parses its arguments and hands them to one subcommand. */
@Command(
        name = "pram",
        description = "Saves, loads and lists named streams of a pramd daemon.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Pram implements Runnable {

    @Spec private CommandSpec spec;

    private Pram() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Pram()).execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
