package io.pramd.daemon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.pramd.daemon.cli.Configuration.Entry;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd config show}: each key, its value, and where that comes from. */
@Command(
        name = "show",
        description =
                "Prints each key, its value, and where that comes from: FILE:LINE, a variable, an"
                        + " option, or the default.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "2:wrong usage, or a wrong configuration; what is right of it is printed",
            "10:ENOENT: no such file"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  pramd config show",
            "  PRAMD_DRAIN=1m pramd config show --json",
            "  pramd config show --memory memory --scrub 50M/s"
        })
final class ConfigShowCommand implements Callable<Integer> {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Parameters(
            paramLabel = "OPTION",
            description = "Options as pramd serve is to get them, --config among them.")
    private List<String> options = new ArrayList<>();

    private CommandSpec spec;

    @Spec
    void spec(CommandSpec injected) {
        spec = injected;
        spec.parser()
                .unmatchedOptionsArePositionalParams(true); // what is unknown here, serve knows
    }

    @Override
    public Integer call() throws JsonProcessingException {
        Configuration configuration =
                ServeCommand.configured(spec.commandLine(), options.toArray(String[]::new))
                        .configuration();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JSON.writeValueAsString(object(configuration)));
        } else {
            lines(configuration).forEach(out::println);
        }
        out.flush();
        PrintWriter err = spec.commandLine().getErr();
        configuration.settings().warnings().forEach(line -> err.println("pramd: warning: " + line));
        configuration.settings().problems().forEach(line -> err.println("pramd: " + line));
        return configuration.settings().problems().isEmpty() ? 0 : Failures.USAGE;
    }

    private static List<String> lines(Configuration configuration) {
        List<String[]> rows = new ArrayList<>();
        for (OptionSpec option : configuration.options()) {
            String key = OptionKeys.name(option);
            Entry entry = configuration.entries().get(key);
            String value =
                    entry.isSet()
                            ? String.join(" ", entry.words())
                            : OptionKeys.defaultText(option).orElse("-");
            rows.add(new String[] {key, value, entry.origin().toString()});
        }
        int keyWidth = width(rows, 0);
        int valueWidth = width(rows, 1);
        String format = "%-" + keyWidth + "s  %-" + valueWidth + "s  %s";
        return rows.stream().map(row -> format.formatted((Object[]) row)).toList();
    }

    private static int width(List<String[]> rows, int column) {
        return rows.stream().mapToInt(row -> row[column].length()).max().orElseThrow();
    }

    private static Map<String, Object> object(Configuration configuration) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("file", configuration.settings().file().map(Path::toString).orElse(null));
        Map<String, Object> keys = new LinkedHashMap<>();
        for (OptionSpec option : configuration.options()) {
            Entry entry = configuration.entries().get(OptionKeys.name(option));
            Map<String, Object> key = new LinkedHashMap<>();
            key.put("value", value(option, entry));
            key.put("origin", entry.origin().kind().name().toLowerCase(Locale.ROOT));
            key.put("place", entry.isSet() ? entry.origin().place() : null);
            key.put("default", OptionKeys.defaultText(option).orElse(null));
            keys.put(OptionKeys.name(option), key);
        }
        object.put("keys", keys);
        object.put("problems", configuration.settings().problems());
        object.put("warnings", configuration.settings().warnings());
        return object;
    }

    private static Object value(OptionSpec option, Entry entry) {
        if (!entry.isSet()) {
            return null;
        }
        return option.isMultiValue() ? entry.words() : entry.words().getFirst();
    }
}
