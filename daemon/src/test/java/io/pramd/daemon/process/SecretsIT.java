package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Certificates;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokens and keys are nowhere but where they have to be, and files are for their owners. */
@Timeout(120)
class SecretsIT {
    private static final String RULES =
            """
            [principal.user]
            token = true
            allow = [{ verbs = "all", prefix = "" }]
            """;

    /** The daemon's log with all that it has to say. */
    private static final String EVERYTHING =
            """
            <configuration>
              <appender name="stderr" class="ch.qos.logback.core.ConsoleAppender">
                <target>System.err</target>
                <encoder><pattern>%level %logger - %msg%n%ex</pattern></encoder>
              </appender>
              <root level="TRACE"><appender-ref ref="stderr"/></root>
            </configuration>
            """;

    /** The end of a token. */
    private static final int SECRET_CHARS = 43;

    /** Every key of its kind begins so. */
    private static final int KEY_HEAD = 48;

    /** Of the key's PEM: so many letters would not be there by chance. */
    private static final int KEY_PART = 12;

    @TempDir private Path folder;
    private Commands commands;
    private Path memory;
    private Path socket;
    private Path audit;
    private Path tokens;
    private Path tokenFile;
    private String token;
    private Certificates.Issued shown;
    private Certificates certificates;

    @BeforeEach
    void issue() throws IOException {
        commands = Commands.in(folder);
        memory = folder.resolve("memory");
        socket = folder.resolve("socket");
        audit = folder.resolve("audit");
        tokens = folder.resolve("tokens");
        Files.writeString(folder.resolve("access.toml"), RULES);
        Files.writeString(folder.resolve("logback.xml"), EVERYTHING);
        token = commands.pramd("token", "add", "user", "--tokens", tokens.toString()).stdout();
        token = token.strip();
        tokenFile = Files.writeString(folder.resolve("user.token"), token + "\n");
        certificates = Certificates.in(folder.resolve("authority"));
        shown = certificates.server();
    }

    private DaemonProcess serve(String... more) {
        List<String> options = new ArrayList<>();
        options.addAll(List.of("--listen", "prams://127.0.0.1:0"));
        options.addAll(List.of("--listen", "pram+unix://" + socket));
        options.addAll(List.of("--tls-cert", shown.certificates().toString()));
        options.addAll(List.of("--tls-key", shown.key().toString()));
        options.addAll(List.of("--access", folder.resolve("access.toml").toString()));
        options.addAll(List.of("--tokens", tokens.toString()));
        options.addAll(List.of("--audit-log", audit.toString()));
        options.addAll(List.of(more));
        return DaemonProcess.start(
                Map.of(
                        "PRAMD_OPTS",
                        "-Dlogback.configurationFile=" + folder.resolve("logback.xml")),
                memory,
                options.toArray(String[]::new));
    }

    /** Each part that would give it away. */
    private List<String> secrets() throws IOException {
        String key = Files.readString(shown.key()).replaceAll("-----[A-Z ]+-----|\\s", "");
        List<String> secrets = new ArrayList<>();
        secrets.add(token.substring(token.length() - SECRET_CHARS));
        for (int at = KEY_HEAD; at + KEY_PART <= key.length(); at += KEY_PART) {
            secrets.add(key.substring(at, at + KEY_PART));
        }
        assertThat(secrets).hasSizeGreaterThan(2);
        return secrets;
    }

    private void assertKeepsSecrets(String what, String text) throws IOException {
        assertThat(text).as(what).isNotEmpty().doesNotContain(secrets());
    }

    private static String proc(long pid, String file) throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/" + file));
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void noSecretIsWhereItNeedNotBe() throws IOException {
        try (DaemonProcess daemon = serve()) {
            Commands byFile =
                    commands.with("PRAM_SERVER", daemon.uri())
                            .with("PRAM_TLS_CA", certificates.authority().toString());
            String[] save = {
                "save", "a", "--token-file", tokenFile.toString(), "--tls-ca", authority()
            };
            try (CommandProcess saving = byFile.startPram(save)) {
                Await.until("it is the client", () -> isClient(saving.pid()));
                assertKeepsSecrets("the client's arguments", proc(saving.pid(), "cmdline"));
                assertKeepsSecrets("the client's environment", proc(saving.pid(), "environ"));
                saving.stdin().write("content".getBytes(StandardCharsets.UTF_8));
                assertThat(saving.end().exitCode()).isZero();
            }
            Commands byVariable =
                    commands.with("PRAM_SERVER", "pram+unix://" + socket).with("PRAM_TOKEN", token);
            try (CommandProcess saving = byVariable.startPram("save", "b")) {
                Await.until("it is the client", () -> isClient(saving.pid()));
                assertKeepsSecrets("the client's arguments", proc(saving.pid(), "cmdline"));
                assertThat(saving.end().exitCode()).isZero();
            }
            assertKeepsSecrets("info", byVariable.pram("info").stdout());
            Ended refused = byVariable.with("PRAM_TOKEN", token + "x").pram("ls");
            assertThat(refused.stderr()).contains("EACCES");
            assertKeepsSecrets("the text of a refusal", refused.stderr());
            assertKeepsSecrets("the daemon's arguments", proc(daemon.pid(), "cmdline"));
            assertKeepsSecrets("the daemon's environment", proc(daemon.pid(), "environ"));
            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log()).contains("DEBUG io.pramd", "not let in");
            assertKeepsSecrets("the log", daemon.log());
            assertThat(Files.readString(audit)).contains("\"save\"", "EACCES");
            assertKeepsSecrets("the audit log", Files.readString(audit));
            Ended dump = commands.pramd("dump", memory.toString());
            assertThat(dump.exitCode()).isZero();
            assertKeepsSecrets("the dump", dump.stdout());
            assertKeepsSecrets("the tokens file", Files.readString(tokens));
        }
    }

    private String authority() {
        return certificates.authority().toString();
    }

    /** The launcher has become it. */
    private static boolean isClient(long pid) {
        try {
            return proc(pid, "cmdline").contains("io.pramd.client.cli");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void filesAreForTheirOwnerAlone() throws IOException {
        try (DaemonProcess daemon = serve()) {
            assertThat(daemon.pid()).isPositive();
            for (Path file : List.of(memory, socket, audit, tokens)) {
                assertThat(mode(file)).as(file.toString()).isEqualTo("rw-------");
            }
        }
    }

    /** A group of ours, another than our first one where there is one. */
    @Test
    void theSocketAndTheMemoryFileAreForAGroupThatIsNamed() throws IOException {
        String[] groups = commands.shell("id -Gn").stdout().strip().split(" ");
        String group = groups[groups.length - 1];
        try (DaemonProcess daemon = serve("--group", group)) {
            assertThat(daemon.pid()).isPositive();
            for (Path file : List.of(memory, socket)) {
                assertThat(mode(file)).as(file.toString()).isEqualTo("rw-rw----");
                PosixFileAttributes attributes =
                        Files.readAttributes(file, PosixFileAttributes.class);
                assertThat(attributes.group().getName()).isEqualTo(group);
            }
            for (Path file : List.of(audit, tokens)) {
                assertThat(mode(file)).as(file.toString()).isEqualTo("rw-------");
            }
        }
    }
}
