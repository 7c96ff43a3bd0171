package io.pramd.daemon.cli;

import static io.pramd.daemon.fixture.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pramd.daemon.cli.Configuration.Entry;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.settings.Key;
import io.pramd.daemon.settings.Origin;
import io.pramd.daemon.settings.Sources;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Every option of {@code pramd serve}: from the file, a variable and the command line. */
class ConfigurationTest {
    @TempDir Path folder;

    private Path file;
    private Map<String, String> environment;

    @BeforeEach
    void prepare() {
        file = folder.resolve("pramd.conf");
        environment = new HashMap<>();
    }

    private static Stream<OptionSpec> options() {
        return OptionKeys.options(new CommandLine(new ServeCommand()).getCommandSpec()).stream();
    }

    private static Stream<OptionSpec> optionsThatMayBeWrong() {
        return options().filter(option -> option.converters().length > 0);
    }

    private ServeCommand serve(String... arguments) {
        Sources sources = new Sources(folder.resolve("none"), environment);
        ServeCommand serve = new ServeCommand(MemoryObserver.NONE, sources);
        List<String> all = new ArrayList<>(List.of(arguments));
        if (Files.exists(file)) {
            all.add("--config=" + file);
        }
        new CommandLine(serve).parseArgs(all.toArray(String[]::new));
        serve.configure();
        return serve;
    }

    private static Entry entry(ServeCommand serve, String key) {
        return serve.configuration().entries().get(key);
    }

    private static Object value(ServeCommand serve, String key) {
        return serve.configuration().options().stream()
                .filter(option -> OptionKeys.name(option).equals(key))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    /** Two words that an option takes, of which the second is not its default. */
    private static List<String> words(OptionSpec option) {
        if (OptionKeys.key(option).kind() == Key.Kind.FLAG) {
            return List.of("false", "true");
        }
        if (option.completionCandidates() != null) {
            List<String> words = new ArrayList<>();
            option.completionCandidates().forEach(words::add);
            return words.subList(0, 2);
        }
        return switch (OptionKeys.name(option)) {
            case "listen" -> List.of("pram://127.0.0.1:1", "pram+unix:///a");
            case "admin" -> List.of("127.0.0.1:1", "127.0.0.1:2");
            default -> List.of("1", "2"); // sizes, times, rates, files and names
        };
    }

    private static String line(OptionSpec option, String word) {
        Key key = OptionKeys.key(option);
        String value =
                switch (key.kind()) {
                    case FLAG -> word;
                    case LIST -> "[\"" + word + "\"]";
                    case TEXT, QUANTITY -> "\"" + word + "\"";
                };
        return key.name() + " = " + value + "\n";
    }

    private static String argument(OptionSpec option, String word) {
        if (OptionKeys.key(option).kind() == Key.Kind.FLAG) {
            String name = OptionKeys.name(option);
            return word.equals("true") ? "--" + name : "--no-" + name;
        }
        return option.longestName() + "=" + word;
    }

    @ParameterizedTest
    @MethodSource("options")
    void fileVariableAndOptionCountInThisOrder(OptionSpec option) throws IOException {
        String key = OptionKeys.name(option);
        String variable = OptionKeys.key(option).variable();
        for (List<String> words : List.of(words(option), words(option).reversed())) {
            String one = words.getFirst();
            String other = words.getLast();
            environment.clear();
            Files.deleteIfExists(file);
            assertThat(entry(serve(), key).origin()).isEqualTo(Origin.DEFAULT);

            Files.writeString(file, line(option, one));
            ServeCommand byFile = serve();
            assertThat(entry(byFile, key).words()).containsExactly(one);
            assertThat(entry(byFile, key).origin())
                    .isEqualTo(new Origin(Origin.Kind.FILE, file + ":1"));

            environment.put(variable, other);
            ServeCommand byVariable = serve();
            assertThat(entry(byVariable, key).words()).containsExactly(other);
            assertThat(entry(byVariable, key).origin())
                    .isEqualTo(new Origin(Origin.Kind.ENVIRONMENT, variable));
            assertThat(value(byVariable, key)).isNotEqualTo(value(byFile, key));

            ServeCommand byOption = serve(argument(option, one));
            assertThat(entry(byOption, key).words()).containsExactly(one);
            assertThat(entry(byOption, key).origin()).isEqualTo(Origin.option("--" + key));
            assertThat(value(byOption, key)).isEqualTo(value(byFile, key));

            assertThat(value(byOption.again(), key)).isEqualTo(value(byFile, key));
            assertThat(value(byVariable.again(), key)).isEqualTo(value(byVariable, key));
        }
    }

    @ParameterizedTest
    @MethodSource("optionsThatMayBeWrong")
    void aWrongValueIsSaidWithItsPlace(OptionSpec option) throws IOException {
        Key key = OptionKeys.key(option);
        Files.writeString(file, "# one\n" + line(option, "wrong!"));
        environment.put(key.variable(), "wrong!");

        ServeCommand serve = serve();

        assertThat(serve.configuration().settings().problems())
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem).contains("wrong!"));
        assertThatExceptionOfType(ParameterException.class)
                .isThrownBy(() -> serve.configuration().requireGood())
                .withMessageContaining(file + ":2: wrong value: key=" + key.name() + " cause=")
                .withMessageContaining(key.variable() + ": wrong value: key=" + key.name());
    }

    @Test
    void whatDoesNotFitTogetherIsSaidWithItsPlace() throws IOException {
        Files.writeString(file, "memory = \"m\"\n\ntokens = \"t\"\n");
        environment.put("PRAMD_LISTEN", "pram://0.0.0.0");

        assertThatExceptionOfType(ParameterException.class)
                .isThrownBy(() -> serve().plan())
                .withMessage("--tokens needs --access (--tokens of " + file + ":3)");
        assertThatExceptionOfType(ParameterException.class)
                .isThrownBy(() -> serve("--access=a").plan())
                .withMessageContaining("beyond loopback")
                .withMessageEndingWith(" (--listen of PRAMD_LISTEN)");
        assertThat(serve("--access=a", "--insecure").plan().memory()).isEqualTo(Path.of("m"));
    }

    @Test
    void withoutAMemoryFileThereIsNothingToServe() {
        assertThatExceptionOfType(ParameterException.class)
                .isThrownBy(() -> serve().plan())
                .withMessageStartingWith("no memory file is set: --memory=FILE says which");
    }

    @Test
    void theSameCommandLineIsReadOverWhatTheFileSaysNow() throws IOException {
        Files.writeString(file, "drain = 1\nsaving-max = 1\n");
        ServeCommand start = serve("--saving-max=9", "--insecure");
        Files.writeString(file, "drain = 2\nsaving-max = 2\n");

        ServeCommand now = start.again();

        assertThat(now.changeable().drain()).isEqualTo(Duration.ofSeconds(2));
        assertThat(now.changeable().savingMax()).isEqualTo(Duration.ofSeconds(9));
        assertThat(value(now, "insecure")).isEqualTo(true);
        assertThat(start.changeable().drain()).isEqualTo(Duration.ofSeconds(1));
        Files.writeString(file, "");
        assertThat(start.again().changeable().drain()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aFileThatIsGoneIsNotReadAsDefaults() throws IOException {
        Path standard = Files.writeString(folder.resolve("none"), "drain = 1\n");
        ServeCommand start = serve();
        Files.delete(standard);
        assertThat(refused(Errno.ENOENT, start::again))
                .hasMessageContaining("the configuration file is gone")
                .hasMessageEndingWith("file=" + standard);
        Files.writeString(standard, "drain = 2\n");
        assertThat(start.again().changeable().drain()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void noKeyHoldsASecret() {
        assertThat(options().filter(option -> isAboutSecrets(OptionKeys.name(option))))
                .isNotEmpty()
                .allSatisfy(option -> assertThat(option.type()).isEqualTo(Path.class));
    }

    /** Those that say what a client must show, and not what that is, are no secrets. */
    private static boolean isAboutSecrets(String key) {
        return key.matches(".*(token|key|password|secret|credential).*");
    }

    @Test
    void whatMayChangeIsAKey() {
        assertThat(options().map(OptionKeys::name)).containsAll(Changeable.KEYS);
    }
}
