package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.Discard;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.ListNodes;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.StatNode;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;
    private final List<String> lines = new ArrayList<>();
    private ServedStore served;

    @BeforeEach
    void serve() {
        AuditLog log =
                AuditLog.to(
                        new AuditLog.Sink() {
                            @Override
                            public void write(String line) {
                                lines.add(line);
                            }

                            @Override
                            public Map<String, Object> info() {
                                return Map.of();
                            }
                        });
        served = ServedStore.guarded(folder, Protections.audited(log));
    }

    @AfterEach
    void close() {
        served.close();
    }

    /** Verb, name, result and bytes of every line so far. */
    private List<String> written() {
        return lines.stream()
                .map(AuditTest::read)
                .map(
                        line ->
                                line.get("verb").asText()
                                        + " "
                                        + line.get("name").asText()
                                        + " "
                                        + line.get("result").asText()
                                        + " "
                                        + line.get("bytes").asLong())
                .toList();
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyLineSaysWhoAndWhat() {
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().save(1, "a \"quoted\" name", ClientBytes.page(1)));
            client.all();
        }
        JsonNode line = read(lines.getLast());
        assertThat(line.fieldNames())
                .toIterable()
                .containsExactly(
                        "time",
                        "connection",
                        "from",
                        "principal",
                        "by",
                        "verb",
                        "name",
                        "result",
                        "bytes",
                        "millis");
        assertThat(line.get("name").asText()).isEqualTo("a \"quoted\" name");
        assertThat(line.get("connection").asLong()).isEqualTo(1);
        assertThat(line.get("millis").asLong()).isNotNegative();
    }

    @Test
    void whatEndsWellAndWhatDoesNotIsWrittenOnce() {
        try (EmbeddedClient client = served.greeted()) {
            client.send(
                    ClientBytes.of()
                            .save(1, "a", ClientBytes.page(1))
                            .save(2, "a", ClientBytes.page(1))
                            .message(3, ClientBytes.prepareSave("b"))
                            .message(3, new Discard())
                            .message(4, new StatNode(0, "a"))
                            .message(5, new RemoveNode(0, 0, "none"))
                            .message(6, new ListNodes(0, 0, 0, "a")));
            client.all();
            client.send(ClientBytes.of().message(8, ClientBytes.peek("a")));
            client.next(8, LoadOpened.class);
            client.send(ClientBytes.of().message(8, new AbortLoad()));
            client.all();
            client.send(ClientBytes.of().message(9, ClientBytes.load("a")));
            long sequence = client.next(9, LoadOpened.class).node().sequence();
            client.send(ClientBytes.of().message(9, new FinishLoad(sequence)));
            client.all();
        }
        assertThat(written())
                .containsExactlyInAnyOrder(
                        "connect  ok 0",
                        "save a ok 4096",
                        "save a EEXIST 0",
                        "save b aborted 0",
                        "stat a ok 0",
                        "remove none ENOENT 0",
                        "list a ok 0",
                        "peek a ok 0",
                        "load a ok 0");
    }

    @Test
    void aLostConnectionEndsWhatWasOpen() {
        try (EmbeddedClient client = served.greeted()) {
            client.send(
                    ClientBytes.of()
                            .save(1, "a", ClientBytes.page(1))
                            .message(2, ClientBytes.load("a"))
                            .message(3, ClientBytes.prepareSave("b")));
            client.all();
        }
        assertThat(written())
                .contains("save a ok 4096", "load a connection lost 0", "save b connection lost 0");
    }

    @Test
    void aRefusedFinishIsWrittenWithItsError() {
        try (EmbeddedClient client = served.greeted()) {
            client.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.prepareSave("a"))
                            .message(1, new FinishSave(17)));
            client.all();
        }
        assertThat(written()).contains("save a EINVAL 0");
    }
}
