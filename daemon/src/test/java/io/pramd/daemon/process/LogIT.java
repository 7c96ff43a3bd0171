package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.Damage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a real daemon: every line, in both formats. */
class LogIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }

    private static List<JsonNode> lines(DaemonProcess daemon) {
        return daemon.log().lines().map(LogIT::parsed).toList();
    }

    private static List<JsonNode> containing(List<JsonNode> lines, String text) {
        return lines.stream().filter(line -> line.get("message").asText().contains(text)).toList();
    }

    private long damagedNode() throws IOException {
        long pfn;
        try (DaemonProcess daemon = DaemonProcess.start(folder.resolve("m"));
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("bad \"one\"", new byte[100_000]);
            pfn = client.list().getFirst().pfn();
            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log()).doesNotContain("WARN").contains("INFO", "recovery: ");
        }
        Files.delete(folder.resolve("m.log"));
        Damage.flip(folder.resolve("m"), pfn, 900);
        return pfn;
    }

    /** A connection that the operator is to hear of. */
    private static void speakHttp(DaemonProcess daemon) throws IOException {
        URI uri = URI.create(daemon.uri());
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        }
        Await.until("it is told of", () -> daemon.log().contains("speaks HTTP"));
    }

    @Test
    void inJsonEveryLineIsAnObject() throws IOException {
        long pfn = damagedNode();
        try (DaemonProcess daemon =
                DaemonProcess.start(folder.resolve("m"), "--log-format", "json")) {
            speakHttp(daemon);
            assertThat(daemon.stop()).isZero();

            List<JsonNode> lines = lines(daemon);
            assertThat(lines)
                    .allSatisfy(
                            line -> {
                                assertThat(Instant.parse(line.get("timestamp").asText()))
                                        .isNotNull();
                                assertThat(line.get("level").asText())
                                        .isIn("INFO", "WARN", "ERROR");
                                assertThat(line.get("logger").asText()).startsWith("io.pramd.");
                                assertThat(line.get("thread").asText()).isNotEmpty();
                                assertThat(line.get("message").asText()).isNotEmpty();
                            });
            assertThat(containing(lines, "speaks HTTP"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.get("connection").isIntegralNumber()));
            assertThat(containing(lines, "pram stat --quarantined " + pfn))
                    .singleElement()
                    .satisfies(
                            line -> {
                                assertThat(line.get("level").asText()).isEqualTo("WARN");
                                assertThat(line.get("pfn").asLong()).isEqualTo(pfn);
                                assertThat(line.get("name").asText()).isEqualTo("bad \"one\"");
                                assertThat(line.get("reason").asText())
                                        .contains("node page does not verify");
                            });
            assertThat(containing(lines, "recovery: "))
                    .hasSizeGreaterThan(2)
                    .allSatisfy(line -> assertThat(line.get("level").asText()).isEqualTo("WARN"));
            assertThat(containing(lines, "stopped cleanly")).hasSize(1);
        }
    }

    @Test
    void forPeopleALineOfAConnectionNamesIt() throws IOException {
        try (DaemonProcess daemon = DaemonProcess.start(folder.resolve("m"))) {
            speakHttp(daemon);
            assertThat(daemon.log().lines())
                    .filteredOn(line -> line.contains("speaks HTTP"))
                    .singleElement()
                    .asString()
                    .containsPattern("INFO .* - connection=[0-9]+ from=/127.0.0.1:[0-9]+: ");
        }
    }

    @Test
    void aStartThatFailsSaysSoInTheFormatOfTheLog() {
        Commands commands = Commands.in(folder);
        Ended missing = commands.pramd("serve", "--memory", "missing", "--log-format=json");
        assertThat(missing.exitCode()).isEqualTo(2);
        JsonNode line = parsed(missing.stderr().strip());
        assertThat(line.get("level").asText()).isEqualTo("ERROR");
        assertThat(line.get("message").asText())
                .contains("--size says how large to create it")
                .contains("Try 'pramd serve --help'");

        Ended unknown = commands.pramd("serve", "--memory", "missing", "--log-format", "xml");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.stderr())
                .startsWith("pramd: Invalid value for option '--log-format'")
                .contains("'xml' is none of human, json\n");
    }
}
