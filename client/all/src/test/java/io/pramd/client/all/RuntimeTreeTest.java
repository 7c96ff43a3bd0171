package io.pramd.client.all;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A program that depends on the library gets what is listed in {@code runtime-tree.txt}, and
 * nothing of what the pram command needs.
 */
class RuntimeTreeTest {
    private static final Path EXPECTED = Path.of("src/test/resources/runtime-tree.txt");

    @Test
    void theLibraryBringsWhatIsListedAndNothingElse() throws IOException {
        Path resolved = Path.of(System.getProperty("pramd.runtime.tree"));
        List<String> artifacts =
                Files.readAllLines(resolved).stream()
                        .map(String::strip)
                        .filter(line -> line.chars().filter(c -> c == ':').count() > 1)
                        .map(RuntimeTreeTest::withoutVersionAndScope)
                        .sorted()
                        .toList();

        assertThat(artifacts)
                .as("what %s resolves to, against %s", resolved, EXPECTED)
                .containsExactlyElementsOf(Files.readAllLines(EXPECTED));
    }

    /** Of {@code group:artifact:type[:classifier]:version:scope}, maybe with a remark behind. */
    private static String withoutVersionAndScope(String line) {
        String[] parts = line.split(" ")[0].split(":");
        return String.join(":", Arrays.copyOf(parts, parts.length - 2));
    }
}
