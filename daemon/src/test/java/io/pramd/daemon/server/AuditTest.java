package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.BackupOpened;
import io.pramd.protocol.Discard;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.FramesAre;
import io.pramd.protocol.ListNodes;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.NextFrames;
import io.pramd.protocol.PrepareBackup;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.StatNode;
import io.pramd.protocol.WireLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
    @TempDir Path folder;
    private final List<AuditLog.Doer> doers = new ArrayList<>();
    private final List<AuditLog.Deed> deeds = new ArrayList<>();
    private ServedStore served;

    @BeforeEach
    void serve() {
        AuditLog log =
                AuditLog.to(
                        new AuditLog.Sink() {
                            @Override
                            public void write(AuditLog.Doer doer, AuditLog.Deed deed) {
                                doers.add(doer);
                                deeds.add(deed);
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
        return deeds.stream()
                .map(
                        deed ->
                                String.join(
                                        " ",
                                        deed.verb(),
                                        deed.name(),
                                        deed.result(),
                                        Long.toString(deed.bytes())))
                .toList();
    }

    @Test
    void everyLineSaysByWhichConnection() {
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().save(1, "a", ClientBytes.page(1)));
            client.all();
        }
        assertThat(doers).hasSize(2).allMatch(doer -> doer.connection() == 1);
        assertThat(doers).allMatch(doer -> doer.principal().isEmpty() && doer.by().isEmpty());
        assertThat(deeds).allMatch(deed -> deed.millis() >= 0);
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

    @Test
    void aBackupIsWrittenWithWhatCameHoweverItEnds() {
        String came;
        try (EmbeddedClient client = served.greeted()) {
            client.send(
                    ClientBytes.of()
                            .message(1, new PrepareBackup())
                            .message(1, new NextFrames())
                            .message(2, new PrepareBackup())
                            .message(2, new AbortLoad())
                            .message(3, new PrepareBackup())
                            .message(4, new PrepareBackup()));
            client.next(1, BackupOpened.class);
            came = Long.toString(client.next(1, FramesAre.class).pages() * WireLimits.PAGE_BYTES);
            client.all();
        }
        assertThat(written())
                .containsExactly(
                        "connect  ok 0",
                        "backup  ok " + came,
                        "backup  aborted 0",
                        "backup  EBUSY 0",
                        "backup  connection lost 0");
    }
}
