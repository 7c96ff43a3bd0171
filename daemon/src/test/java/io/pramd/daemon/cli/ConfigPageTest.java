package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.settings.Key;
import io.pramd.daemon.settings.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Holds the table of docs/operations.md and the file that the package brings to the options of
 * {@code pramd serve}. {@code -Ddocs.write=true} prints both anew instead of comparing.
 */
class ConfigPageTest {
    private static final Path PAGE = Path.of("../docs/operations.md");
    private static final Path PACKAGED = Path.of("src/deb/pramd.conf");
    private static final String BEGIN = "<!-- printed: configuration -->\n";
    private static final String END = "<!-- end -->";
    private static final int LINE_CHARS = 100;

    /** What a package sets: it knows where things are. */
    private static final Map<String, String> SET =
            Map.of(
                    "memory", "/var/lib/pramd/memory",
                    "size", "1G",
                    "listen", "pram+unix:///run/pramd/socket",
                    "group", "pramd");

    /** Examples of what has no default that could be written down. */
    private static final Map<String, String> EXAMPLES =
            Map.ofEntries(
                    Map.entry("handover", "/run/pramd/handover"),
                    Map.entry("tls-cert", "/etc/pramd/tls/cert.pem"),
                    Map.entry("tls-key", "/etc/pramd/tls/key.pem"),
                    Map.entry("tls-client-ca", "/etc/pramd/tls/clients.pem"),
                    Map.entry("access", "/etc/pramd/access.toml"),
                    Map.entry("tokens", "/var/lib/pramd/tokens"),
                    Map.entry("audit-log", "/var/log/pramd/audit"),
                    Map.entry("saving-max", "1h"),
                    Map.entry("durability", "interval"),
                    Map.entry("admin", "127.0.0.1:7728"));

    private static final String HEAD =
            """
            # What pramd serve goes by, in TOML. Each key is one of its options: man pramd-serve. A variable
            # PRAMD_... takes a key from this file, and an option of the command line takes it from both.
            # A key that is commented out has its default, or an example where it says so.
            #
            # pramd config check     whether pramd serve would take it
            # pramd config show      each key, its value, and where that comes from
            # systemctl reload pramd brings into force what may change while it serves; the rest waits for a restart
            """;

    @TempDir Path folder;

    private static List<OptionSpec> options() {
        return OptionKeys.options(new CommandLine(new ServeCommand()).getCommandSpec());
    }

    @Test
    void theTableOfThePageIsThatOfTheOptions() throws IOException {
        StringBuilder table = new StringBuilder(BEGIN);
        table.append("| key | variable | default | SIGHUP |\n| --- | --- | --- | --- |\n");
        for (OptionSpec option : options()) {
            Key key = OptionKeys.key(option);
            String change =
                    Changeable.KEYS.contains(key.name())
                            ? "at once"
                            : key.name().equals(SizeSetting.KEY)
                                    ? "only creates: `pram grow`"
                                    : "waits";
            table.append("| `").append(key.name()).append("` | `").append(key.variable());
            table.append("` | ").append(OptionKeys.defaultText(option).orElse("none"));
            table.append(" | ").append(change).append(" |\n");
        }
        String page = Files.readString(PAGE);
        String printed =
                Pattern.compile(Pattern.quote(BEGIN) + ".*?" + END, Pattern.DOTALL)
                        .matcher(page)
                        .replaceAll(Matcher.quoteReplacement(table + END));
        assertThat(page).contains(BEGIN);
        compareOrWrite(PAGE, printed);
    }

    @Test
    void thePackagedFileHasEveryKey() throws IOException {
        StringBuilder file = new StringBuilder(HEAD);
        options().forEach(option -> file.append('\n').append(paragraph(option)));
        compareOrWrite(PACKAGED, file.toString());
    }

    private static void compareOrWrite(Path file, String printed) throws IOException {
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(file, printed);
        } else {
            assertThat(file)
                    .as(
                            "run: mvn -pl daemon -am test -Dtest=ConfigPageTest"
                                    + " -Dsurefire.failIfNoSpecifiedTests=false"
                                    + " -DargLine=-Ddocs.write=true")
                    .hasContent(printed);
        }
    }

    private static String paragraph(OptionSpec option) {
        String key = OptionKeys.name(option);
        StringBuilder text = new StringBuilder();
        for (String line : option.description()) {
            wrap(line).forEach(part -> text.append("# ").append(part).append('\n'));
        }
        Optional<String> asDefault =
                OptionKeys.defaultText(option).filter(word -> isWord(option, word));
        if (SET.containsKey(key)) {
            return text + line(option, SET.get(key)) + "\n";
        }
        if (asDefault.isEmpty()) {
            text.append("# An example:\n");
        }
        String word = asDefault.orElse(EXAMPLES.getOrDefault(key, "/run/pramd/" + key));
        return text + "#" + line(option, word) + "\n";
    }

    private static boolean isWord(OptionSpec option, String word) {
        try {
            OptionKeys.key(option).convert().apply(word);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String line(OptionSpec option, String word) {
        Key key = OptionKeys.key(option);
        return switch (key.kind()) {
            case FLAG -> key.name() + " = " + word;
            case LIST -> key.name() + " = [\"" + word + "\"]";
            case TEXT, QUANTITY -> key.name() + " = \"" + word + "\"";
        };
    }

    private static List<String> wrap(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() + word.length() > LINE_CHARS) {
                lines.add(line.toString().strip());
                line.setLength(0);
            }
            line.append(word).append(' ');
        }
        lines.add(line.toString().strip());
        return lines;
    }

    @Test
    void thePackagedFileIsGoodAsItIsAndWithAllThatIsCommentedOut() throws IOException {
        assertThat(good(Files.readString(PACKAGED))).isEqualTo(SET);

        String whole = Files.readString(PACKAGED).replaceAll("(?m)^#(?=[a-z-]+ = )", "");
        Map<String, String> all = good(whole);

        assertThat(all.keySet())
                .containsExactlyElementsOf(options().stream().map(OptionKeys::name).toList());
    }

    /** What a file sets that pramd serve would take. */
    private Map<String, String> good(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("pramd.conf"), text);
        Sources nothing = new Sources(folder.resolve("none"), Map.of());
        ServeCommand serve = new ServeCommand(MemoryObserver.NONE, nothing);
        new CommandLine(serve).parseArgs("--config", file.toString());
        Configuration configuration = serve.configure();
        assertThat(configuration.settings().problems()).isEmpty();
        assertThat(serve.plan().memory()).isEqualTo(Path.of(SET.get("memory")));
        Map<String, String> set = new LinkedHashMap<>();
        configuration
                .entries()
                .forEach(
                        (key, entry) -> {
                            if (entry.isSet()) {
                                set.put(key, String.join(" ", entry.words()));
                            }
                        });
        return set;
    }
}
