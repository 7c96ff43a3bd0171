package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.daemon.access.Access;
import io.pramd.daemon.access.Credential;
import io.pramd.daemon.access.Identity;
import io.pramd.daemon.fixture.LogLines;
import io.pramd.daemon.fixture.Refusals;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TokenCommandTest {
    @TempDir Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("tokens");
    }

    private CommandRun token(String... args) {
        Object[] all = new Object[args.length + 3];
        all[0] = "token";
        System.arraycopy(args, 0, all, 1, args.length);
        all[args.length + 1] = "--tokens";
        all[args.length + 2] = file;
        return CommandRun.of(all);
    }

    private CompletableFuture<Identity> authenticate(String token) {
        Path rules = folder.resolve("rules");
        try {
            Files.writeString(rules, "[principal.search]\ntoken = true\n");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        try (Access access = Access.open(rules, Optional.of(file))) {
            CompletableFuture<Identity> answer =
                    access.authenticate(
                            new Credential.Token(token.getBytes(StandardCharsets.UTF_8)));
            answer.exceptionally(e -> null).join();
            return answer;
        }
    }

    @Test
    void issuesListsAndRevokesATokenThatLetsIn() throws IOException {
        CommandRun add = token("add", "search");

        assertThat(add.exitCode()).as(add.err()).isZero();
        assertThat(add.out()).hasLineCount(1).matches("pram_[0-9a-f]{16}_[A-Za-z0-9_-]{43}\\s");
        String secret = add.out().strip();
        String id = secret.substring(5, 21);
        assertThat(add.err())
                .hasLineCount(1)
                .contains("issued to search, id " + id)
                .doesNotContain(secret.substring(22));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Refusals.await(authenticate(secret)).principal()).isEqualTo("search");

        CommandRun list = token("list");
        assertThat(list.exitCode()).isZero();
        assertThat(list.out())
                .matches(id + " search \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\\s");
        JsonNode json = new ObjectMapper().readTree(token("list", "--json").out());
        assertThat(json).hasSize(1);
        assertThat(json.get(0).get("id").asText()).isEqualTo(id);
        assertThat(json.get(0).get("principal").asText()).isEqualTo("search");
        assertThat(list.out()).contains(json.get(0).get("created").asText());

        CommandRun revoke = token("revoke", id);
        assertThat(revoke.exitCode()).isZero();
        assertThat(revoke.out().strip()).isEqualTo("revoked " + id + " of search");
        assertThat(token("list").out()).isEmpty();
        Refusals.refused(Errno.EACCES, authenticate(secret));
        CommandRun again = token("revoke", id);
        assertThat(again.exitCode()).isEqualTo(10);
        assertThat(again.err()).startsWith("pramd: ENOENT: ").hasLineCount(1);
    }

    @Test
    void logsNothingOfTheSecret() {
        try (LogLines log = new LogLines("io.pramd")) {
            String secret = token("add", "search").out().strip();
            Refusals.await(authenticate(secret));
            assertThat(log.lines()).noneMatch(line -> line.contains(secret.substring(22)));
        }
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        assertThat(token("add", "a b").exitCode()).isEqualTo(15);
        assertThat(token("list").exitCode()).isEqualTo(10);
        assertThat(token("revoke", "0123456789abcdef").exitCode()).isEqualTo(10);
        assertThat(file).doesNotExist();
        assertThat(CommandRun.of("token", "add", "search").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("token", "add", "search").err())
                .contains("Try 'pramd token add --help'.");
        assertThat(CommandRun.of("token").err()).contains("a command is missing");
        Files.writeString(file, "nonsense\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        CommandRun broken = token("list");
        assertThat(broken.exitCode()).isEqualTo(15);
        assertThat(broken.err()).contains(file + ":1: ").hasLineCount(1);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        assertThat(token("add", "search").exitCode()).isEqualTo(14);
    }

    @Test
    void takesATokenBackThatItCannotPrint() {
        StringWriter err = new StringWriter();
        CommandLine command = Pramd.newCommandLine();
        command.setOut(new Stdout(new StdoutTest.Full("no space left")))
                .setErr(new PrintWriter(err));

        int exitCode = command.execute("token", "add", "search", "--tokens", file.toString());

        assertThat(exitCode).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("it is not issued: no space left");
        assertThat(token("list").out()).isEmpty();
    }
}
