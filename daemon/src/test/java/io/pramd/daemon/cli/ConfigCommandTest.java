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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                size = "8M" # where
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
        assertThat(keys.get("access").toString())
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
        assertThat(run.out()).isEqualTo("good: file=%s keys=4%n".formatted(file));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "size = 64 | size=64 min=4194304 max=1152921504606846976 (--size of",
                "size = \"0\" | size=0 min=4194304",
                "listen = [\"pram://127.0.0.1:9\", \"pram://127.0.0.1:9\"] | at one place",
                "listen = [\"pram://[::]:9\", \"pram://127.0.0.1:9\"]; insecure = true | at one"
                        + " place",
                "admin = \"127.0.0.1:9\"; listen = \"prams://127.0.0.1:9\"; insecure = true"
                        + " | --tls-cert",
                "admin = \"127.0.0.1:9\"; listen = \"pram://127.0.0.1:9\" | at one place",
                "handover = \"/s\"; listen = \"pram+unix:///s\" | at one place",
                "group = \"nosuch-group\" | EINVAL: there is no such group: group=nosuch-group"
                        + " (--group of",
                "audit-log = \"/none/a\" | ENOENT: no such folder for the audit log",
                "audit-log = \"/tmp\" | EINVAL: the audit log is no regular file",
                "audit-log = \"/tmp/a\"; audit-keep = 0 | at least 1 MiB (--audit-keep of",
                "access = \"/none\" | ENOENT: cannot look at the rules file",
                "tls-cert = \"/none\"; tls-key = \"/none\" | ENOENT: no such file for TLS",
                "memory = \"/none/m\" | ENOENT: no such folder for the memory file: folder=/none",
                "memory = \"/tmp\" | EINVAL: the memory file is a folder",
                "memory = \"/dev/shm/pramd-none\"; durability = \"power\" | EINVAL: durability"
                        + " power",
                "saving-max = \"36501d\" | is too long a time: max=36500d",
                "size = \"8388608T\" | is too large a size"
            })
    void refusesWhatAStartWouldRefuse(String keys, String says) throws IOException {
        String lines = keys.replace("; ", "\n");
        Files.writeString(
                file,
                lines
                        + (keys.contains("memory =") ? "" : "\nmemory = \"" + folder + "/m\"")
                        + (keys.contains("size =") ? "" : "\nsize = \"8M\""));

        CommandRun run = CommandRun.of("config", "check", file);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(Failures.USAGE);
        assertThat(run.err()).startsWith("pramd: ").contains(says, file + ":");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void namesEachFaultOfAStart() throws IOException {
        Files.writeString(file, "memory = \"/none/m\"\nsize = 1\ngroup = \"nosuch-group\"\n");

        assertThat(CommandRun.of("config", "check", file).err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("(--size of " + file + ":2)"),
                        line -> assertThat(line).endsWith("(--memory of " + file + ":1)"),
                        line -> assertThat(line).endsWith("(--group of " + file + ":3)"));
    }

    @Test
    void asksForASizeWhereNoMemoryFileIs() throws IOException {
        Files.writeString(file, "memory = \"" + folder + "/m\"\n");
        CommandRun missing = CommandRun.of("config", "check", file);
        assertThat(missing.exitCode()).isEqualTo(Failures.USAGE);
        assertThat(missing.err()).contains(folder + "/m is missing or empty", "--size");

        Files.writeString(folder.resolve("m"), "not looked into");
        assertThat(CommandRun.of("config", "check", file).exitCode()).isZero();
    }

    @Test
    void refusesAFileThatIsNone() throws IOException {
        CommandRun missing = CommandRun.of("config", "check", folder.resolve("none"));
        assertThat(missing.exitCode()).isEqualTo(Failures.USAGE);
        assertThat(missing.err()).contains("ENOENT: ", folder + "/none");

        CommandRun isFolder = CommandRun.of("config", "check", folder);
        assertThat(isFolder.exitCode()).isEqualTo(Failures.USAGE);
        assertThat(isFolder.err()).contains("EINVAL: ", "Is a directory");

        Files.write(file, new byte[] {(byte) 0xff});
        CommandRun isNoText = CommandRun.of("config", "check", file);
        assertThat(isNoText.exitCode()).isEqualTo(Failures.USAGE);
        assertThat(isNoText.err()).contains("EINVAL: ", "not UTF-8");
    }

    /** Of /run/pramd systemd makes sure when it starts the daemon. */
    @Test
    void onlyWarnsOfAFolderOfASocket() throws IOException {
        Files.writeString(
                file,
                "memory = \"/a\"\nsize = \"8M\"\nlisten = \"pram+unix:///none/s\"\n"
                        + "handover = \"/none/h\"\n");

        CommandRun run = CommandRun.of("config", "check", file);

        assertThat(run.exitCode()).isZero();
        assertThat(run.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("pramd: warning: ").contains("/none/s"),
                        line -> assertThat(line).contains("/none/h", "expected folder=/none"));
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
        Files.writeString(file, "memory = \"/a\"\ntls-cert = \"c\"\nsize = \"8M\"\n");
        CommandRun half = CommandRun.of("config", "check", file);
        assertThat(half.exitCode()).isEqualTo(Failures.USAGE);
        assertThat(half.err())
                .startsWith(
                        "pramd: --tls-cert and --tls-key go together (--tls-cert of "
                                + file
                                + ":2)");

        Files.writeString(
                file, "memory = \"/a\"\nsize = \"8M\"\naccess = \"" + folder + "/none\"\n");
        CommandRun missing = CommandRun.of("config", "check", file);
        assertThat(missing.exitCode()).isEqualTo(Failures.USAGE);
        assertThat(missing.err()).contains("ENOENT: ", "rules file", folder + "/none");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void makesNoAuditLog() throws IOException {
        Path audit = folder.resolve("audit");
        Files.writeString(file, "memory = \"/a\"\nsize = \"8M\"\naudit-log = \"" + audit + "\"\n");

        assertThat(CommandRun.of("config", "check", file).exitCode()).isZero();
        assertThat(audit).doesNotExist();
    }
}
