package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.daemon.fixture.Promtool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/monitoring to what a daemon has and docs/operations.md says. */
class MonitoringTest {
    private static final Path DOCS = Path.of("../docs");
    private static final Path FOLDER = DOCS.resolve("monitoring");
    private static final Path ALERTS = FOLDER.resolve("pramd-alerts.yml");
    private static final List<Path> ALERTS_TESTS =
            List.of(
                    FOLDER.resolve("pramd-alerts-test.yml"),
                    FOLDER.resolve("pramd-alerts-weeks-test.yml"));
    private static final Pattern METRIC = Pattern.compile("\\b(?:pramd|jvm|process)_[a-z_]+\\b");
    private static final Pattern OF_TABLE = Pattern.compile("(?m)^\\| `(pramd_[a-z_]+)` \\|");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @TempDir Path folder;

    private static String page(Path path) throws IOException {
        return Files.readString(path);
    }

    private static List<String> all(Pattern pattern, int group, String text) {
        return pattern.matcher(text).results().map((MatchResult hit) -> hit.group(group)).toList();
    }

    /** Every metric that the page of metrics tells of: it is printed from those that there are. */
    private static Set<String> told() throws IOException {
        return new TreeSet<>(all(OF_TABLE, 1, page(DOCS.resolve("admin.md"))));
    }

    /** A series' metric, which a histogram gives other names. */
    private static String metric(String series) {
        return series.startsWith("pramd_") ? series.replaceAll("_(bucket|count|sum)$", "") : series;
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(page(FOLDER.resolve("pramd-dashboard.json")));
    }

    private static List<String> queries() throws IOException {
        return dashboard().findValuesAsText("expr");
    }

    private static Set<String> used() throws IOException {
        List<String> texts = new ArrayList<>(queries());
        dashboard().findValuesAsText("definition").forEach(texts::add);
        page(ALERTS).lines().filter(line -> !line.contains("#")).forEach(texts::add);
        return texts.stream()
                .flatMap(text -> all(METRIC, 0, text).stream())
                .map(MonitoringTest::metric)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Where a link to a heading goes. */
    private static Set<String> anchors(Path path) throws IOException {
        return all(HEADING, 1, page(path)).stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void alertsAndDashboardUseOnlyMetricsThatAreTold() throws IOException {
        Set<String> used = used();
        used.removeIf(name -> !name.startsWith("pramd_"));

        assertThat(used).hasSizeGreaterThan(40);
        assertThat(told()).containsAll(used);
    }

    @Test
    void whatTheySayOfTheJvmADaemonHas() throws IOException {
        Set<String> used = used();
        used.removeIf(name -> name.startsWith("pramd_"));

        assertThat(used).hasSizeGreaterThan(5);
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            assertThat(all(METRIC, 0, served.get("/metrics").body())).containsAll(used);
        }
    }

    @Test
    void everyMetricIsOnTheDashboard() throws IOException {
        Set<String> shown =
                queries().stream()
                        .flatMap(text -> all(METRIC, 0, text).stream())
                        .map(MonitoringTest::metric)
                        .collect(Collectors.toSet());

        assertThat(shown).containsAll(told());
    }

    @Test
    void everyAlertSaysHowBadItIsAndWhereItIsToldWhatToDo() throws IOException {
        String alerts = page(ALERTS);
        Set<String> anchors = anchors(DOCS.resolve("operations.md"));
        List<String> names = all(ALERT, 1, alerts);
        String[] each = alerts.split("- alert: ");

        assertThat(names).hasSizeGreaterThan(20).doesNotHaveDuplicates();
        assertThat(each).hasSize(names.size() + 1);
        for (int i = 0; i < names.size(); i++) {
            String anchor = names.get(i).toLowerCase(Locale.ROOT);
            assertThat(anchors).contains(anchor);
            assertThat(each[i + 1])
                    .contains("runbook_url: docs/operations.md#" + anchor + "\n")
                    .containsPattern("severity: (critical|warning)\n")
                    .contains("summary: ", "description: ");
        }
    }

    @Test
    void everyAlertIsSeenFiringAndQuiet() throws IOException {
        String tests = page(ALERTS_TESTS.get(0)) + page(ALERTS_TESTS.get(1));
        for (String name : all(ALERT, 1, page(ALERTS))) {
            assertThat(tests)
                    .containsPattern("alertname: " + name + "\n        exp_alerts:\n")
                    .contains("alertname: " + name + "\n        exp_alerts: []\n");
        }
    }

    @Test
    void prometheusTakesTheAlertsAndTheirTestsPass() throws IOException {
        Promtool.assumeIsHere();
        Promtool.requireGood("check", "rules", absolute(ALERTS));
        for (Path tests : ALERTS_TESTS) {
            Promtool.requireGood("test", "rules", absolute(tests));
        }
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }

    @Test
    void prometheusTakesTheConfigurationsOfThePage() throws IOException {
        Promtool.assumeIsHere();
        List<String> configurations = all(YAML, 1, page(FOLDER.resolve("README.md")));
        assertThat(configurations).hasSize(2);
        Path token = Files.writeString(folder.resolve("token"), "pram_x");
        Path authority = Files.writeString(folder.resolve("ca.pem"), "");
        for (String configuration : configurations) {
            Path file =
                    Files.writeString(
                            folder.resolve("prometheus.yml"),
                            configuration
                                    .replace("/etc/prometheus/pramd.token", token.toString())
                                    .replace("/etc/prometheus/pramd-ca.pem", authority.toString())
                                    .replace("pramd-alerts.yml", absolute(ALERTS)));
            Promtool.requireGood("check", "config", file.toString());
        }
    }

    @Test
    void prometheusTakesEveryQueryOfTheDashboard() throws IOException {
        Promtool.assumeIsHere();
        StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        List<String> queries = queries();
        assertThat(queries).hasSizeGreaterThan(50);
        for (int i = 0; i < queries.size(); i++) {
            String query = queries.get(i).replace("$__rate_interval", "1m").replace("'", "''");
            rules.append("      - record: query:").append(i).append("\n        expr: '");
            rules.append(query).append("'\n");
        }
        Path file = Files.writeString(folder.resolve("queries.yml"), rules);
        Promtool.requireGood("check", "rules", file.toString());
    }

    @Test
    void everyPanelOfTheDashboardAsksTheChosenDataSource() throws IOException {
        JsonNode dashboard = dashboard();
        Set<Integer> ids = new HashSet<>();
        assertThat(dashboard.get("templating").get("list").findValuesAsText("name"))
                .contains("datasource", "instance");
        for (JsonNode panel : dashboard.get("panels")) {
            assertThat(ids.add(panel.get("id").asInt())).isTrue();
            if (!panel.get("type").asText().equals("row")) {
                assertThat(panel.get("title").asText()).isNotEmpty();
                assertThat(panel.get("description").asText()).isNotEmpty();
                assertThat(panel.get("targets")).isNotEmpty();
                Stream.concat(
                                Stream.of(panel.get("datasource")),
                                panel.get("targets").findValues("datasource").stream())
                        .forEach(
                                source ->
                                        assertThat(source.get("uid").asText())
                                                .isEqualTo("${datasource}"));
            }
        }
    }
}
