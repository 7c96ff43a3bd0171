package io.pramd.client.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandFinderTest {
    @TempDir Path folder;

    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final CommandFinder finder = new CommandFinder(properties::get, environment::get);

    private String executable(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file.toString();
    }

    @Test
    void takesThePropertyBeforeTheVariableBeforeThePath() throws Exception {
        String onPath = executable("bin/pramd");
        environment.put("PATH", "/nonexistent::" + folder.resolve("bin"));
        assertThat(finder.find()).isEqualTo(onPath);

        String ofVariable = executable("variable");
        environment.put("PRAMD_COMMAND", ofVariable);
        assertThat(finder.find()).isEqualTo(ofVariable);

        String ofProperty = executable("with a blank/property");
        properties.put("pramd.command", ofProperty);
        assertThat(finder.find()).isEqualTo(ofProperty);
    }

    @Test
    void namesAllThreePlacesWhenNoneHasIt() throws Exception {
        Files.createDirectories(folder.resolve("bin/pramd")); // a folder is no command
        environment.put("PATH", folder.resolve("bin").toString());

        assertThatThrownBy(finder::find)
                .isInstanceOf(PramdProcessException.class)
                .hasMessageContainingAll("pramd.command", "PRAMD_COMMAND", "PATH");
    }

    @Test
    void looksNowhereElseWhenThePlaceNamedIsWrong() throws Exception {
        String noCommand = Files.createFile(folder.resolve("file")).toString();
        environment.put("PRAMD_COMMAND", executable("good"));
        properties.put("pramd.command", noCommand);

        assertThatThrownBy(finder::find)
                .isInstanceOf(PramdProcessException.class)
                .hasMessageContainingAll("system property pramd.command", noCommand);

        properties.clear();
        environment.put("PRAMD_COMMAND", noCommand);
        assertThatThrownBy(finder::find)
                .isInstanceOf(PramdProcessException.class)
                .hasMessageContainingAll("variable PRAMD_COMMAND", noCommand);
    }

    @Test
    void passesOverEmptyValues() throws Exception {
        String onPath = executable("pramd");
        properties.put("pramd.command", "");
        environment.put("PRAMD_COMMAND", " ");
        environment.put("PATH", folder.toString());

        assertThat(finder.find()).isEqualTo(onPath);
    }
}
