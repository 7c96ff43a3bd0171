package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code -Ddocs.write=true} prints the page anew instead of comparing. */
class ClientApiTest {
    private static final Path PAGE = Path.of("../docs/client-api.txt");
    private static final String HEAD =
            """
            # What a program that uses pramd-client can name: public where it does not say protected. A record has the accessors
            # and the constructor that its components make. Printed from the code, see CONTRIBUTING.md.
            """;
    private static final String ACCEPT =
            "run: mvn -Dquick -pl client -am test -Dtest=ClientApiTest"
                    + " -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write=true";

    @Test
    void thePageSaysWhatAProgramCanName() throws IOException {
        List<String> printed = Stream.concat(HEAD.lines(), ClientApi.printed().stream()).toList();
        if (Boolean.getBoolean("docs.write")) {
            Files.write(PAGE, printed);
        }
        List<String> page = Files.readAllLines(PAGE);
        List<String> wasThere = withTypes(page);
        List<String> isThere = withTypes(printed);
        assertThat(changes(wasThere, isThere))
                .as("the public API against %s; where this is meant, %s", PAGE, ACCEPT)
                .isEmpty();
        assertThat(page).as("the order of %s; %s", PAGE, ACCEPT).isEqualTo(printed);
    }

    private static List<String> changes(List<String> before, List<String> after) {
        List<String> changes = new ArrayList<>();
        before.stream()
                .filter(line -> !after.contains(line))
                .forEach(line -> changes.add("removed: " + line));
        after.stream()
                .filter(line -> !before.contains(line))
                .forEach(line -> changes.add("added: " + line));
        return changes;
    }

    /** Each member's line with the name of its type before it: many types have the same. */
    private static List<String> withTypes(List<String> lines) {
        List<String> named = new ArrayList<>();
        String type = "";
        for (String line : lines) {
            if (line.startsWith(" ")) {
                named.add(type + ": " + line.strip());
            } else {
                named.add(line);
                type = line.replaceFirst(".*?\\b(io\\.pramd[\\w.$]+).*", "$1");
            }
        }
        return named;
    }
}
