package io.pramd.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.quota.QuotaLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

/** Holds docs/security.md to what is true of its example. */
class SecurityPageTest {
    private static final Path PAGE = Path.of("../docs/security.md");
    private static final Pattern TOML = Pattern.compile("```toml\n(.*?)```", Pattern.DOTALL);

    private static String example(String page) {
        Matcher matcher = TOML.matcher(page);
        assertThat(matcher.find()).as("an example in TOML").isTrue();
        return matcher.group(1);
    }

    @Test
    void theExampleMeansWhatThePageSays() throws IOException {
        AccessRules rules = RulesFile.parse(PAGE, example(Files.readString(PAGE)));

        assertThat(rules.byCertificate(new X500Principal("CN=search,O=Example")))
                .hasValue("search");
        assertThat(rules.byUser(1001, 1001)).hasValue("search");
        assertThat(rules.byUser(1002, 200)).hasValue("operator");
        assertThat(rules.allows("search", Verb.SAVE, "search/index")).isTrue();
        assertThat(rules.allows("search", Verb.ADMIN, "search/index")).isFalse();
        assertThat(rules.allows("search", Verb.PEEK, "shared/index")).isTrue();
        assertThat(rules.allows("search", Verb.LOAD, "shared/index")).isFalse();
        assertThat(rules.allowsAll("operator", Verb.ADMIN)).isTrue();
        assertThat(rules.quotas().principals())
                .containsEntry("search", new QuotaLimits(8L << 30, 1000, 16, 2L << 30));
        assertThat(rules.quotas().reservedBytes()).isEqualTo(256L << 20);
    }

    @Test
    void thePageNamesEveryVerb() throws IOException {
        String page = Files.readString(PAGE);
        for (Verb verb : Verb.values()) {
            assertThat(page).contains("`" + verb.word() + "`");
        }
    }
}
