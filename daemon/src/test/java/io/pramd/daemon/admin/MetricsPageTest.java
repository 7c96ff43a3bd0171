package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.quota.QuotaLimits;
import io.pramd.daemon.quota.QuotaRules;
import io.pramd.daemon.quota.Quotas;
import io.pramd.daemon.server.Traffic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/admin.md to the metrics that there are. {@code -Ddocs.write=true} prints them anew
 * instead of comparing.
 */
class MetricsPageTest {
    private static final Path PAGE = Path.of("../docs/admin.md");
    private static final Pattern BLOCK =
            Pattern.compile("<!-- printed: metrics -->\n.*?<!-- end -->", Pattern.DOTALL);
    private static final Pattern HELP = Pattern.compile("# HELP (pramd_\\w+) (.*)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (pramd_\\w+) (\\w+)");
    private static final Pattern LABEL = Pattern.compile("[{,](\\w+)=\"");

    /** Of a daemon that has everything which may be left out. */
    private static final Map<String, Object> INFO =
            Map.of(
                    "recovery.complete",
                    true,
                    "memory.fault",
                    "",
                    "scrub.passes",
                    0L,
                    "tls.fault",
                    "",
                    "access.fault",
                    "",
                    "audit.fault",
                    "",
                    "audit.lost",
                    0L);

    private static String scraped() throws IOException {
        Quotas quotas = new Quotas();
        QuotaLimits limits = new QuotaLimits(1, 1, 1, 1);
        quotas.rules(new QuotaRules(Map.of("a", limits), Map.of("b", limits), 0));
        Metrics metrics =
                new Metrics(
                        "1.2.3",
                        new Meters(),
                        new Metrics.Sources(() -> INFO, () -> new Traffic(0, 0, 0), quotas));
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        metrics.write(text, "");
        return text.toString(StandardCharsets.UTF_8);
    }

    private static String printed(String scraped) {
        Map<String, String> helps = new TreeMap<>();
        HELP.matcher(scraped).results().forEach(help -> helps.put(help.group(1), help.group(2)));
        Map<String, String> types = new TreeMap<>();
        TYPE.matcher(scraped).results().forEach(type -> types.put(type.group(1), type.group(2)));
        assertThat(types.keySet()).isEqualTo(helps.keySet());
        StringBuilder table =
                new StringBuilder(
                        "| metric | labels | kind | meaning |\n| --- | --- | --- | --- |");
        helps.forEach(
                (name, help) ->
                        table.append(
                                "\n| `%s` | %s | %s | %s |"
                                        .formatted(
                                                name,
                                                labels(scraped, name),
                                                types.get(name),
                                                help)));
        return table.toString();
    }

    private static String labels(String scraped, String name) {
        TreeSet<String> labels = new TreeSet<>();
        scraped.lines()
                .filter(line -> line.matches(name + "(_bucket)?\\{.*"))
                .forEach(
                        line ->
                                LABEL.matcher(line)
                                        .results()
                                        .map(label -> label.group(1))
                                        .filter(label -> !label.equals("le"))
                                        .forEach(labels::add));
        return String.join(", ", labels);
    }

    @Test
    void thePageNamesEveryMetric() throws IOException {
        String page = Files.readString(PAGE);
        Matcher block = BLOCK.matcher(page);
        assertThat(block.find()).as("a block of metrics").isTrue();
        String printed =
                block.replaceFirst(
                        Matcher.quoteReplacement(
                                "<!-- printed: metrics -->\n"
                                        + printed(scraped())
                                        + "\n<!-- end -->"));
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, printed);
        } else {
            assertThat(page)
                    .as(
                            "run: mvn -pl daemon -am test -Dtest=MetricsPageTest"
                                    + " -Dsurefire.failIfNoSpecifiedTests=false"
                                    + " -DargLine=-Ddocs.write=true")
                    .isEqualTo(printed);
        }
    }
}
