package io.pramd.daemon.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd config}: shows and checks what {@code pramd serve} goes by. */
@Command(
        name = "config",
        description = {
            "Shows and checks what pramd serve goes by: its options, else variables, else a file.",
            "Each long option is a key of the file, in TOML: saving-max = \"1h\". Its variable is"
                    + " PRAMD_SAVING_MAX. Lists are [\"...\", \"...\"] in the file, and apart by"
                    + " blanks in a variable."
        },
        subcommands = {ConfigShowCommand.class, ConfigCheckCommand.class},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ConfigCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
