package io.pramd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/client.md against the regions of TutorialIT, which run. {@code -Ddocs.write=true}
 * writes the page's code anew instead of comparing.
 */
class ClientPageTest {
    private static final Path PAGE = Path.of("../docs/client.md");
    private static final Path SOURCE =
            Path.of("src/test/java/io/pramd/daemon/process/TutorialIT.java");
    private static final Pattern REGION =
            Pattern.compile("// region: (\\S+)\\n(.*?)\\n\\s*// endregion", Pattern.DOTALL);
    private static final Pattern BLOCK =
            Pattern.compile("<!-- code: (\\S+) -->\\n```java\\n(.*?)```", Pattern.DOTALL);

    @Test
    void thePagesCodeIsWhatRuns() throws IOException {
        Map<String, String> regions = regions();
        String page = Files.readString(PAGE);
        Matcher blocks = BLOCK.matcher(page);
        Set<String> used = new HashSet<>();
        String printed =
                blocks.replaceAll(
                        block -> {
                            used.add(block.group(1));
                            assertThat(regions).containsKey(block.group(1));
                            return Matcher.quoteReplacement(
                                    "<!-- code: "
                                            + block.group(1)
                                            + " -->\n```java\n"
                                            + regions.get(block.group(1))
                                            + "```");
                        });
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, printed);
        } else {
            assertThat(page)
                    .as(
                            "run: mvn -pl daemon -am test -Dtest=ClientPageTest"
                                    + " -Dsurefire.failIfNoSpecifiedTests=false"
                                    + " -DargLine=-Ddocs.write=true")
                    .isEqualTo(printed);
        }
        assertThat(used).as("regions that the page shows").isEqualTo(regions.keySet());
    }

    @Test
    void noJavaStandsOnThePageThatIsNotRun() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page.split("```java")).hasSize((int) BLOCK.matcher(page).results().count() + 1);
    }

    private static Map<String, String> regions() throws IOException {
        Map<String, String> regions = new TreeMap<>();
        Matcher found = REGION.matcher(Files.readString(SOURCE));
        while (found.find()) {
            regions.put(found.group(1), found.group(2).stripTrailing().stripIndent() + "\n");
        }
        return regions.entrySet().stream()
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey,
                                region -> region.getValue().replaceAll("(?m)^\\s+$", "")));
    }
}
