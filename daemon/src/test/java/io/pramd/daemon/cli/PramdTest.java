package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

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
                .containsOnlyKeys("serve", "format", "grow", "fsck", "dump", "token");
    }
}
