package io.pramd.daemon.settings;

import static io.pramd.daemon.fixture.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static final List<Key> KEYS =
            List.of(
                    new Key("name", Key.Kind.TEXT, word -> word),
                    new Key("how-many", Key.Kind.QUANTITY, Integer::valueOf),
                    new Key("is-on", Key.Kind.FLAG, Boolean::valueOf),
                    new Key("where", Key.Kind.LIST, SettingsTest::place));

    @TempDir Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("conf");
    }

    private static Object place(String word) {
        if (word.equals("nowhere")) {
            throw new IllegalArgumentException("'nowhere' is no place");
        }
        return word;
    }

    private Settings read(String text, Map<String, String> environment) throws IOException {
        Files.writeString(file, text);
        return read(environment);
    }

    private Settings read(Map<String, String> environment) {
        Sources sources = new Sources(folder.resolve("standard"), environment);
        return Settings.read(KEYS, sources, Optional.of(file));
    }

    @Test
    void theStandardFileCountsWhereItIs() throws IOException {
        Path standard = folder.resolve("standard");
        Sources sources = new Sources(standard, Map.of());
        assertThat(Settings.read(KEYS, sources, Optional.empty()).file()).isEmpty();
        Files.writeString(standard, "name = \"a\"");
        assertThat(Settings.read(KEYS, sources, Optional.empty()).file()).contains(standard);
    }

    @Test
    void aStandardFileThatCannotBeLookedAtIsNotTakenForNone() throws IOException {
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        Path dangling = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("gone"));
        for (Path standard : List.of(loop, loop.resolve("below"))) {
            assertUnreadable(standard, Errno.EINVAL);
        }
        assertUnreadable(dangling, Errno.ENOENT);
    }

    private static void assertUnreadable(Path standard, Errno errno) {
        Sources sources = new Sources(standard, Map.of());
        assertThat(refused(errno, () -> Settings.read(KEYS, sources, Optional.empty())))
                .hasMessageContainingAll("cannot ", " the configuration file: file=" + standard);
    }

    @Test
    void readsEveryKindFromTheFile() throws IOException {
        Settings settings =
                read(
                        """
                        # a comment
                        name = "a b"
                        how-many = 7

                        is-on = true
                        where = ["here",
                          "there"]
                        """,
                        Map.of());

        assertThat(settings.problems()).isEmpty();
        assertThat(settings.warnings()).isEmpty();
        assertThat(settings.byKey())
                .containsEntry("name", set("a b", file + ":2"))
                .containsEntry("how-many", new Setting(List.of("7"), List.of(7), at(3)))
                .containsEntry("is-on", new Setting(List.of("true"), List.of(true), at(5)))
                .containsEntry(
                        "where",
                        new Setting(List.of("here", "there"), List.of("here", "there"), at(6)));
    }

    private Origin at(int line) {
        return new Origin(Origin.Kind.FILE, file + ":" + line);
    }

    private static Setting set(String word, String place) {
        Origin.Kind kind = place.contains(":") ? Origin.Kind.FILE : Origin.Kind.ENVIRONMENT;
        return new Setting(List.of(word), List.of(word), new Origin(kind, place));
    }

    @Test
    void aVariableTakesAKeyFromTheFileAndAnEmptyOneDoesNot() throws IOException {
        Map<String, String> environment =
                Map.of("PRAMD_NAME", "b", "PRAMD_HOW_MANY", "", "PRAMD_WHERE", " here  there ");
        Settings settings = read("name = \"a\"\nhow-many = \"7\"\nwhere = \"x\"", environment);

        assertThat(settings.problems()).isEmpty();
        assertThat(settings.byKey().get("name")).isEqualTo(set("b", "PRAMD_NAME"));
        assertThat(settings.byKey().get("how-many").origin()).isEqualTo(at(2));
        assertThat(settings.byKey().get("where").words()).containsExactly("here", "there");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nam = 'a'         | unknown key: key=nam",
                "how_many = 7      | unknown key: key=how_many expected=how-many",
                "Is-On = true      | unknown key: key=Is-On expected=is-on",
                "[where]           | wrong type: key=where expected=a text in quotes actual=a"
                        + " table",
                "name.a = 1        | wrong type: key=name expected=a text in quotes actual=a table",
                "[more]            | unknown key: key=more",
                "name = 1          | wrong type: key=name expected=a text in quotes"
                        + " actual=an integer",
                "name = ['a']      | wrong type: key=name expected=a text in quotes actual=a list",
                "name = ' '        | wrong value: key=name cause=it is empty",
                "how-many = 'x'    | wrong value: key=how-many cause=For input string: \"x\"",
                "how-many = 1.5    | wrong value: key=how-many cause=For input string: \"1.5\"",
                "how-many = true   | wrong type: key=how-many expected=a text in quotes"
                        + " actual=true or false",
                "is-on = 'true'    | wrong type: key=is-on expected=true or false"
                        + " actual=a text in quotes",
                "where = []        | an empty list: key=where",
                "where = [1]       | wrong type: key=where expected=a text in quotes"
                        + " actual=an integer",
                "where = 'nowhere' | wrong value: key=where cause='nowhere' is no place"
            })
    void saysWhatIsWrongWithItsLine(String line, String problem) throws IOException {
        Settings settings = read("\n\n" + line.replace('\'', '"') + "\n", Map.of());

        assertThat(settings.problems()).containsExactly(file + ":3: " + problem);
        assertThat(settings.byKey()).isEmpty();
    }

    @Test
    void saysAllThatIsWrongInTheOrderOfTheLines() throws IOException {
        Settings settings =
                read(
                        "where = [\"here\",\n  \"nowhere\"]\nhow-many = \"x\"\nnope = 1\n",
                        Map.of("PRAMD_HOW_MANY", "y"));

        assertThat(settings.problems())
                .containsExactly(
                        file + ":2: wrong value: key=where cause='nowhere' is no place",
                        file + ":3: wrong value: key=how-many cause=For input string: \"x\"",
                        file + ":4: unknown key: key=nope",
                        "PRAMD_HOW_MANY: wrong value: key=how-many"
                                + " cause=For input string: \"y\"");
    }

    @Test
    void whatIsNoTomlIsSaidAlone() throws IOException {
        Settings settings = read("name = a\nnope = 1\n", Map.of());

        assertThat(settings.problems())
                .singleElement()
                .asString()
                .startsWith(file + ":1: not TOML: ");
    }

    @Test
    void warnsOfVariablesThatNobodyKnowsAndOfAFileThatAnybodyMayChange() throws IOException {
        Files.writeString(file, "name = \"a\"");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        Settings settings =
                read(
                        Map.of(
                                "PRAMD_NAMES", "x",
                                "PRAMD_OPTS", "-Xmx1g",
                                "PRAMD_CONFIG", "/none",
                                "OTHER", "x"));

        assertThat(settings.problems()).isEmpty();
        assertThat(settings.byKey()).containsOnlyKeys("name");
        assertThat(settings.warnings())
                .containsExactly(
                        "anybody could change the configuration file: file="
                                + file
                                + " mend=chmod o-w",
                        "unknown variable: variable=PRAMD_NAMES");
    }

    @Test
    void readsTheStandardFileWhereNoOtherIsNamed() throws IOException {
        Path standard = Files.writeString(folder.resolve("standard"), "name = \"standard\"");
        Path other = Files.writeString(folder.resolve("other"), "name = \"other\"");
        Path third = Files.writeString(folder.resolve("third"), "name = \"third\"");
        Sources plain = new Sources(standard, Map.of());
        Sources withVariable = new Sources(standard, Map.of("PRAMD_CONFIG", other.toString()));

        assertThat(file(plain, Optional.empty())).contains(standard);
        assertThat(file(withVariable, Optional.empty())).contains(other);
        assertThat(file(withVariable, Optional.of(third))).contains(third);
        Files.delete(standard);
        assertThat(file(plain, Optional.empty())).isEmpty();
        assertThat(file(plain, Optional.of(Path.of("/dev/null")))).contains(Path.of("/dev/null"));
    }

    private static Optional<Path> file(Sources sources, Optional<Path> named) {
        Settings settings = Settings.read(KEYS, sources, named);
        assertThat(settings.problems()).isEmpty();
        assertThat(settings.warnings()).isEmpty();
        return settings.file();
    }

    @Test
    void aFileThatIsNamedMustBeThere() {
        refused(Errno.ENOENT, () -> read(Map.of()));
    }
}
