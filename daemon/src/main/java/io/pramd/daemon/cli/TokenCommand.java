package io.pramd.daemon.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd token}: issues tokens, lists them, takes them back. */
@Command(
        name = "token",
        description = {
            "Issues tokens, lists them and takes them back.",
            "A daemon with this tokens file notices within a second."
        },
        subcommands = {TokenAddCommand.class, TokenListCommand.class, TokenRevokeCommand.class},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class TokenCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
