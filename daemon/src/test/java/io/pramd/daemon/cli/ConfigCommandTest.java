package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    private Path file;

    @BeforeEach
    void writeFile() throws IOException {
        file = folder.resolve("pramd.conf");
        Files.writeString(
                file,
                """
                memory = "/a"
                # where
                listen = ["pram://127.0.0.1:1", "pram+unix:///s"]
                drain = 7
                """);
    }

    @Test
    void showsEachKeyItsValueAndWhereThatComesFrom() {
        CommandRun run = CommandRun.of("config", "show", "--config", file, "--scrub", "50M/s");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("memory +/a +" + file + ":1"))
                .anyMatch(
                        line ->
                                line.matches(
                                        "listen +pram://127.0.0.1:1 pram\\+unix:///s +"
                                                + file
                                                + ":3"))
                .anyMatch(line -> line.matches("drain +7 +" + file + ":4"))
                .anyMatch(line -> line.matches("scrub +50M/s +--scrub"))
                .anyMatch(line -> line.matches("insecure +false +default"))
                .anyMatch(line -> line.matches("saving-max +as long as it likes +default"))
                .anyMatch(line -> line.matches("access +- +default"));
    }

    @Test
    void showsTheSameAsAnObject() throws IOException {
        CommandRun run =
                CommandRun.of("config", "show", "--json", "--config=" + file, "--insecure");

        JsonNode shown = JSON.readTree(run.out());
        assertThat(shown.get("file").asText()).isEqualTo(file.toString());
        assertThat(shown.get("problems")).isEmpty();
        JsonNode keys = shown.get("keys");
        assertThat(keys.get("listen").toString())
                .isEqualTo(
                        """
                        {"value":["pram://127.0.0.1:1","pram+unix:///s"],"origin":"file",\
                        "place":"%s:3","default":"pram://127.0.0.1:7726"}\
                        """
                                .formatted(file));
        assertThat(keys.get("insecure").toString())
                .isEqualTo(
                        """
                        {"value":"true","origin":"option","place":"--insecure","default":"false"}\
                        """);
        assertThat(keys.get("size").toString())
                .isEqualTo(
                        """
                        {"value":null,"origin":"default","place":null,"default":null}\
                        """);
    }

    @Test
    void showsWhatIsRightOfAWrongFile() throws IOException {
        Files.writeString(file, "drain = \"soon\"\nmemory = \"/a\"\n");

        CommandRun run = CommandRun.of("config", "show", "--config", file);

        assertThat(run.exitCode()).isEqualTo(Failures.USAGE);
        assertThat(run.out()).containsPattern("memory +/a +" + file + ":2");
        assertThat(run.err())
                .isEqualTo(
                        "pramd: %s:1: wrong value: key=drain cause='soon' is not a time: expected for example 500ms, 10s or 2m%n"
                                .formatted(file));
    }

    @Test
    void refusesWhatServeHasNoOptionFor() {
        CommandRun run = CommandRun.of("config", "show", "--nope");

        assertThat(run.exitCode()).isEqualTo(Failures.USAGE);
        assertThat(run.err())
                .startsWith("pramd: Unknown option: '--nope'")
                .contains("Try 'pramd config show --help'.");
    }

    @Test
    void findsAGoodFileGood() {
        CommandRun run = CommandRun.of("config", "check", file);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("good: file=%s keys=3%n".formatted(file));
    }

    @Test
    void namesAllThatIsWrongALineForEach() throws IOException {
        Files.writeString(file, "memroy = \"/a\"\ndrain = \"soon\"\nsize = \"big\"\n");

        CommandRun run = CommandRun.of("config", "check", file);

        assertThat(run.exitCode()).isEqualTo(Failures.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).endsWith(file + ":1: unknown key: key=memroy"),
                        line -> assertThat(line).contains(file + ":2: wrong value: key=drain "),
                        line -> assertThat(line).contains(file + ":3: wrong value: key=size "));
    }

    @Test
    void findsWhatDoesNotFitAndWhatIsMissing() throws IOException {
        Files.writeString(file, "memory = \"/a\"\ntls-cert = \"c\"\n");
        CommandRun half = CommandRun.of("config", "check", file);
        assertThat(half.exitCode()).isEqualTo(Failures.USAGE);
        assertThat(half.err())
                .startsWith(
                        "pramd: --tls-cert and --tls-key go together (--tls-cert of "
                                + file
                                + ":2)");

        Files.writeString(file, "memory = \"/a\"\naccess = \"" + folder + "/none\"\n");
        CommandRun missing = CommandRun.of("config", "check", file);
        assertThat(missing.exitCode()).isEqualTo(10);
        assertThat(missing.err()).contains("ENOENT: ", "rules file", folder + "/none");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void makesNoAuditLog() throws IOException {
        Path audit = folder.resolve("audit");
        Files.writeString(file, "memory = \"/a\"\naudit-log = \"" + audit + "\"\n");

        assertThat(CommandRun.of("config", "check", file).exitCode()).isZero();
        assertThat(audit).doesNotExist();
    }
}
