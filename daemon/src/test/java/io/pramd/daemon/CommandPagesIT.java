package io.pramd.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.pramd.client.cli.Pram;
import io.pramd.daemon.cli.Pramd;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the build makes of the commands: their completion in bash, and their manual pages. */
class CommandPagesIT {
    private static final Path SHARE = DaemonProcess.distribution().resolve("share");

    /** Completes the last of the words, as bash does when somebody presses the key. */
    private static final String COMPLETE =
            "source '%s'; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                    + " _complete_%s 2> /dev/null; printf '%%s\\n' \"${COMPREPLY[@]}\"";

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "pram sa, save",
        "pram --server x l, load ls",
        "pram ex, export",
        "pram import --re, --replace",
        "pram save --du, --durability",
        "pram save --durability '', process interval power",
        "pram ping --tls-min '', 1.3 1.2",
        "pram ls --token, --token-file",
        "pram top --so, --sort",
        "pram top --sort '', size age name",
        "pram ls --token-file gre, greeting.txt",
        "pramd fo, format",
        "pramd token re, revoke",
        "pramd token add --to, --tokens",
        "pramd config ch, check",
        "pramd config check gre, greeting.txt",
        "pramd config show --js, --json",
        "pramd config show --audit-k, --audit-keep",
        "pramd config show --memory gre, greeting.txt",
        "pramd config show --durability '', process interval power",
        "pramd serve --log-level '', error warn info debug trace",
        "pramd serve --memory gre, greeting.txt",
        "pramd serve --durability '', process interval power",
        "pramd serve --log-format '', human json",
        "pramd serve --tls-min '', 1.3 1.2",
        "pramd serve --tls-client '', required optional"
    })
    void bashCompletes(String typed, String completed) throws IOException {
        Files.createFile(folder.resolve("greeting.txt"));
        assertThat(complete(typed)).containsExactlyInAnyOrder(completed.split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pram", "pramd"})
    void bashCompletesFilesWhereAnyWordMayStand(String command) {
        Ended known =
                Commands.in(folder)
                        .shell("source '" + completions(command) + "'; complete -p " + command);
        assertThat(known.stdout()).contains("-o default").contains("-F _complete_" + command);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyOptionIsCompleted(CommandSpec command) {
        assertThat(complete(command.qualifiedName() + " --"))
                .containsAll(longNames(command).toList());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasAPageWithItsOptionsAndExamples(CommandSpec command) throws IOException {
        assumeFalse(Boolean.getBoolean("pramd.man.skip"), "a quick build makes none");
        String page = page(command);
        assertThat(page).contains("SH \"NAME\"").contains("SH \"SYNOPSIS\"");
        assertThat(longNames(command)).allSatisfy(name -> assertThat(page).contains(name));
        if (command.subcommands().isEmpty()) {
            assertThat(page).contains("SH \"EXIT STATUS\"").contains("SH \"EXAMPLES\"");
            assertThat(command.usageMessage().footer())
                    .filteredOn(line -> line.startsWith("  "))
                    .allSatisfy(example -> assertThat(page).contains(example.strip()));
        } else {
            command.subcommands()
                    .values()
                    .forEach(c -> assertThat(page).contains(c.getCommandSpec().qualifiedName("-")));
        }
    }

    @Test
    void thereAreNoOtherPages() throws IOException {
        assumeFalse(Boolean.getBoolean("pramd.man.skip"), "a quick build makes none");
        try (Stream<Path> pages = Files.list(SHARE.resolve("man/man1"))) {
            assertThat(pages.map(page -> page.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            commands().map(c -> c.qualifiedName("-") + ".1").toList());
        }
    }

    private static Stream<CommandSpec> commands() {
        return Stream.of(Pram.describe(), Pramd.describe()).flatMap(CommandPagesIT::withAllBelow);
    }

    private static Stream<CommandSpec> withAllBelow(CommandLine command) {
        return Stream.concat(
                Stream.of(command.getCommandSpec()),
                command.getSubcommands().values().stream().flatMap(CommandPagesIT::withAllBelow));
    }

    private static Stream<String> longNames(CommandSpec command) {
        return command.options().stream().map(OptionSpec::longestName);
    }

    private List<String> complete(String typed) {
        String command = typed.split(" ")[0];
        String line = COMPLETE.formatted(completions(command), typed, command);
        return Commands.in(folder).shell(line).stdout().strip().lines().map(String::strip).toList();
    }

    private static Path completions(String command) {
        return SHARE.resolve("bash-completion/completions").resolve(command);
    }

    /** As it is read, without roff's escapes. */
    private static String page(CommandSpec command) throws IOException {
        String source = Files.readString(SHARE.resolve("man/man1").resolve(name(command)));
        return source.replace("\\-", "-")
                .replace("\\(aq", "'")
                .replace("\\fB", "")
                .replace("\\fP", "")
                .replace("\\&", "")
                .replace("\\(rs", "\\")
                .replace("--[no-]", "--"); // an option that can be taken back
    }

    private static String name(CommandSpec command) {
        return command.qualifiedName("-") + ".1";
    }
}
