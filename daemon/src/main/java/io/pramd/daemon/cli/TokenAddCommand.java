package io.pramd.daemon.cli;

import io.pramd.daemon.access.TokensFile;
import io.pramd.daemon.access.TokensFile.NewToken;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd token add}: issues a token. */
@Command(
        name = "add",
        description = {
            "Issues a token, and prints it alone on stdout, this once: the file keeps a hash of"
                    + " it.",
            "It lets in as NAME when the daemon's rules say 'token = true' of that principal."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it is issued", "1:stdout took it not: it is not issued"},
        footerHeading = "%nExamples:%n",
        footer = {"  (umask 077; pramd token add search --tokens tokens > search.token)"})
final class TokenAddCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The principal, as the rules call it.")
    private String principal;

    @Option(
            names = "--tokens",
            required = true,
            paramLabel = "FILE",
            description = "The tokens file; made, for its owner alone, when it is missing.")
    private Path file;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        TokensFile tokens = new TokensFile(file);
        NewToken issued = tokens.add(principal);
        PrintWriter out = spec.commandLine().getOut();
        out.println(new String(issued.token(), StandardCharsets.US_ASCII));
        Arrays.fill(issued.token(), (byte) 0);
        Optional<String> failure = Stdout.failureOf(out);
        if (failure.isPresent()) {
            // nobody has it, and nobody ever will
            tokens.revoke(issued.id());
            spec.commandLine()
                    .getErr()
                    .println(
                            "pramd: cannot write the token to stdout, it is not issued: "
                                    + failure.get());
            return Failures.LOCAL_ERROR;
        }
        spec.commandLine()
                .getErr()
                .println(
                        "pramd: issued to "
                                + principal
                                + ", id "
                                + issued.id()
                                + "; keep the token secret: it is not shown again");
        return 0;
    }
}
