package io.pramd.daemon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.pramd.daemon.access.IssuedToken;
import io.pramd.daemon.access.TokensFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd token list}: shows which tokens there are. */
@Command(
        name = "list",
        description = "Shows which tokens there are, in the order they were issued.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "10:ENOENT: no such file"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  pramd token list --tokens tokens",
            "  pramd token list --tokens tokens --json"
        })
final class TokenListCommand implements Callable<Integer> {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Option(
            names = "--tokens",
            required = true,
            paramLabel = "FILE",
            description = "The tokens file.")
    private Path file;

    @Option(names = "--json", description = "Print a JSON array of objects.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        List<IssuedToken> tokens = new TokensFile(file).read();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JSON.writeValueAsString(tokens.stream().map(this::object).toList()));
        } else {
            tokens.forEach(
                    token ->
                            out.println(
                                    token.id() + " " + token.principal() + " " + token.created()));
        }
        return 0;
    }

    private Map<String, Object> object(IssuedToken token) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("id", token.id());
        object.put("principal", token.principal());
        object.put("created", token.created().toString());
        return object;
    }
}
