package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/security.md to the tables that {@link AccessMatrixTest} checks. {@code
 * -Ddocs.write=true} prints them anew instead of comparing.
 */
class AccessPageTest {
    private static final Path PAGE = Path.of("../docs/security.md");
    private static final Pattern BLOCK =
            Pattern.compile("<!-- printed: (\\S+) -->\n.*?<!-- end -->", Pattern.DOTALL);
    private static final Map<String, AccessTable> TABLES =
            Map.of("requests", AccessTable.NAMES, "nameless", AccessTable.NAMELESS);

    @Test
    void thePageSaysWhatTheRequestsComeTo() throws IOException {
        String page = Files.readString(PAGE);
        Set<String> used = new HashSet<>();
        String printed =
                BLOCK.matcher(page)
                        .replaceAll(
                                block -> {
                                    String name = block.group(1);
                                    used.add(name);
                                    return Matcher.quoteReplacement(
                                            "<!-- printed: "
                                                    + name
                                                    + " -->\n"
                                                    + String.join("\n", TABLES.get(name).printed())
                                                    + "\n<!-- end -->");
                                });
        assertThat(used).isEqualTo(TABLES.keySet());
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, printed);
        } else {
            assertThat(page)
                    .as(
                            "run: mvn -pl daemon -am test -Dtest=AccessPageTest"
                                    + " -Dsurefire.failIfNoSpecifiedTests=false"
                                    + " -DargLine=-Ddocs.write=true")
                    .isEqualTo(printed);
        }
    }

    @Test
    void thePageSaysHowMuchAStrangerCanHaveTheDaemonKeep() throws IOException {
        assertThat(Files.readString(PAGE))
                .contains(
                        "keep "
                                + (ServerLimits.STRANGER_BYTES_MAX >> 10)
                                + " KiB at most (inside TLS "
                                + (ServerLimits.STRANGER_TLS_BYTES_MAX >> 10)
                                + " KiB");
    }
}
