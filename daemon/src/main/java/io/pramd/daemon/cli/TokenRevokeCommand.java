package io.pramd.daemon.cli;

import io.pramd.daemon.access.IssuedToken;
import io.pramd.daemon.access.TokensFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd token revoke}: takes a token back. */
@Command(
        name = "revoke",
        description = "Takes a token back: it lets nobody in any more.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it lets nobody in any more", "10:ENOENT: no token of that id"},
        footerHeading = "%nExamples:%n",
        footer = {"  pramd token revoke f1f201bd7e7bbccf --tokens tokens"})
final class TokenRevokeCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "ID",
            description = "The token's id: the 16 hex digits in its middle, which 'list' shows.")
    private String id;

    @Option(
            names = "--tokens",
            required = true,
            paramLabel = "FILE",
            description = "The tokens file.")
    private Path file;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        IssuedToken revoked = new TokensFile(file).revoke(id);
        spec.commandLine()
                .getOut()
                .println("revoked " + revoked.id() + " of " + revoked.principal());
        return 0;
    }
}
