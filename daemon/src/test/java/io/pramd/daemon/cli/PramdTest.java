package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

class PramdTest {
    @Test
    void subcommandsAreNamedAsTheirClassesSay() {
        Pramd.SUBCOMMANDS.forEach(
                (name, type) ->
                        assertThat(type.getAnnotation(CommandLine.Command.class).name())
                                .isEqualTo(name));
    }

    @Test
    void readsTheOneSubcommandThatIsCalledForAndElseAll() {
        assertThat(Pramd.newCommandLine("serve").getSubcommands()).containsOnlyKeys("serve");
        assertThat(Pramd.newCommandLine("--help").getSubcommands())
                .containsOnlyKeys(
                        "serve", "format", "grow", "shrink", "fsck", "dump", "token", "config");
    }

    @Test
    void aPathIsNeverAFileOfArguments(@TempDir Path folder) throws IOException {
        Path options = Files.writeString(folder.resolve("options"), "--size 1M");
        String path = "@" + options;
        ParseResult parsed = Pramd.newCommandLine("format").parseArgs("format", path, "--size=2M");
        assertThat(parsed.subcommand().matchedPositionals())
                .flatExtracting(ArgSpec::stringValues)
                .containsExactly(path);
    }

    @Test
    void everyCommandHasExamplesAndExitCodes() {
        Pramd.describe().getSubcommands().values().forEach(PramdTest::requireExamples);
    }

    private static void requireExamples(CommandLine command) {
        if (!command.getSubcommands().isEmpty()) {
            command.getSubcommands().values().forEach(PramdTest::requireExamples);
            return;
        }
        CommandSpec spec = command.getCommandSpec();
        assertThat(spec.usageMessage().footerHeading()).isEqualTo("%nExamples:%n");
        assertThat(spec.usageMessage().footer())
                .anyMatch(line -> line.matches("  .*\\b" + spec.qualifiedName() + " .*"));
        assertThat(spec.usageMessage().footer())
                .as("lines that need not be broken")
                .allMatch(line -> line.length() < 80);
        assertThat(spec.usageMessage().exitCodeList()).as(spec.name()).containsKey("0");
    }
}
