package io.pramd.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code -Ddocs.write=true} prints the page anew instead of comparing. */
class ProtocolPageTest {
    private static final Path PAGE = Path.of("../docs/protocol.md");

    @Test
    void thePageSaysWhatTheCodeDoes() throws IOException {
        String page = Files.readString(PAGE);
        String printed = ProtocolPage.printed(page);
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, printed);
        } else {
            assertThat(page)
                    .as("run: mvn -pl protocol test -Dtest=ProtocolPageTest -Ddocs.write=true")
                    .isEqualTo(printed);
        }
    }

    @Test
    void everyErrorIsExplained() throws IOException {
        String page = Files.readString(PAGE);
        for (Errno errno : Errno.values()) {
            assertThat(page.split("\\| " + errno + " \\|")).as("%s", errno).hasSizeGreaterThan(2);
        }
    }
}
