package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

class PramTest {
    private final CommandRunner pram = new CommandRunner();

    @AfterEach
    void close() {
        pram.close();
    }

    @Test
    void serverAndWaitMayStandBeforeOrBehindTheVerb() {
        String uri = pram.daemon.uri();
        assertThat(pram.runBare("--server", uri, "--connect-wait", "1s", "ping")).isZero();
        assertThat(pram.runBare("ping", "--server", uri, "--connect-wait", "1s")).isZero();
    }

    @Test
    void aServerNamedLikeAVerbIsNone() {
        assertThat(pram.runBare("--server", "ping", "--connect-wait=1s", "ls")).isEqualTo(2);
        assertThat(pram.stderr()).contains("not a daemon's address: ping");
        assertThat(pram.runBare("--server=" + pram.daemon.uri(), "ls")).isZero();
    }

    @Test
    void verbsAreNamedAsTheirClassesSay() {
        Pram.VERBS.forEach(
                (verb, type) ->
                        assertThat(type.getAnnotation(CommandLine.Command.class).name())
                                .isEqualTo(verb));
    }

    @Test
    void usageErrorsAreOneLineWithAHint() {
        assertThat(pram.runBare()).isEqualTo(2);
        assertThat(pram.runBare("nonsense")).isEqualTo(2);
        assertThat(pram.runBare("ls", "--nonsense")).isEqualTo(2);
        assertThat(pram.stderr()).startsWith("pram: ").contains("pram ls --help").hasLineCount(1);
        assertThat(pram.runBare("--server", "http://x", "ping")).isEqualTo(2);
        assertThat(pram.stderr()).contains("pram+unix").hasLineCount(1);
        assertThat(pram.stdout()).isEmpty();
    }

    @Test
    void aUsageErrorIsAnObjectToo() {
        assertThat(pram.run("stat", "--json")).isEqualTo(2);
        assertThat(pram.stdout()).contains("\"errno\" : null").contains("\"exitCode\" : 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"save", "load", "cat", "ls", "stat", "rm", "info", "ping"})
    void everyVerbHasHelp(String verb) {
        assertThat(pram.runBare(verb, "--help")).isZero();
        assertThat(pram.stdout()).contains("pram " + verb).contains("--server");
    }

    @Test
    void everyVerbHasExamplesAndExitCodes() {
        Pram.describe()
                .getSubcommands()
                .forEach(
                        (verb, command) -> {
                            UsageMessageSpec help = command.getCommandSpec().usageMessage();
                            assertThat(help.footerHeading()).isEqualTo("%nExamples:%n");
                            assertThat(String.join("\n", help.footer()))
                                    .containsPattern("(?m)^  .*\\bpram (--.* )?" + verb);
                            assertThat(help.footer())
                                    .as("lines that need not be broken")
                                    .allMatch(line -> line.length() < 80);
                            assertThat(help.exitCodeList()).as(verb).containsKey("0");
                        });
    }

    @Test
    void helpNamesEveryVerbWhereverItStands() {
        assertThat(pram.runBare("--help", "ls")).isZero();
        assertThat(pram.stdout()).contains("save ", "load ", "cat ", "stat ", "rm ", "ping ");
    }

    @Test
    void saysItsVersion() {
        assertThat(pram.runBare("--version")).isZero();
        assertThat(pram.stdout()).startsWith("pram ");
    }

    @Test
    void controlCharactersOfOthersNeverReachTheTerminal() {
        assertThat(Printable.of("a\u001b[31mb\nc")).isEqualTo("a\\u001b[31mb\\u000ac");
    }

    @Test
    void sizesAreShownAsPeopleWriteThem() {
        assertThat(ByteSize.text(0)).isEqualTo("0 B");
        assertThat(ByteSize.text(4095)).isEqualTo("4.0 KiB");
        assertThat(ByteSize.text(1_572_864)).isEqualTo("1.5 MiB");
        assertThat(ByteSize.text(8L << 30)).isEqualTo("8.0 GiB");
        assertThat(ByteSize.text(Long.MAX_VALUE)).isEqualTo("8.0 EiB");
    }
}
