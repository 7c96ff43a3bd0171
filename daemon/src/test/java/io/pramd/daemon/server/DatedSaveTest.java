package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.protocol.Durability;
import io.pramd.protocol.Errno;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.Hello;
import io.pramd.protocol.NodeDates;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of nodes keep the dates of the first. */
class DatedSaveTest {
    @TempDir(factory = OnDevice.class)
    Path folder;

    private ServedStore served;

    @BeforeEach
    void open() {
        served = ServedStore.in(folder);
    }

    @AfterEach
    void close() {
        served.close();
    }

    private static PrepareSave dated(long createdMillis, long expiryMillis) {
        return new PrepareSave(
                StreamType.PAGE,
                false,
                Durability.PROCESS,
                0,
                SaveId.NONE,
                -1,
                0,
                "a",
                Map.of(),
                Optional.of(new NodeDates(createdMillis, expiryMillis)));
    }

    @Test
    void areTheNodesDates() {
        try (EmbeddedClient client = served.greeted()) {
            client.send(
                    ClientBytes.of()
                            .message(1, dated(1_000_000_000_000L, 5_000_000_000_000L))
                            .message(1, new FinishSave(0)));
            client.next(1, SaveOpened.class);
            client.next(1, Saved.class);
            NodeInfo saved = served.store().stat("a").join();
            assertThat(saved.createdMillis()).isEqualTo(1_000_000_000_000L);
            assertThat(saved.expiryMillis()).isEqualTo(5_000_000_000_000L);
        }
    }

    @Test
    void areRefusedWhereTheyAreNoDates() {
        long tooLate = WireLimits.DATE_MILLIS_MAX + 1;
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().message(1, dated(tooLate, 0)).message(2, dated(0, -1)));
            assertThat(client.nextError(1, Errno.EINVAL).text())
                    .contains("createdMillis=" + tooLate);
            assertThat(client.nextError(2, Errno.EINVAL).text())
                    .contains("expiryMillis=18446744073709551615");
        }
    }

    @Test
    void areRefusedWhereTheyWereNotAgreedOn() {
        Hello plain = new Hello(1, 1, WireLimits.PACKET_BYTES_MAX, 0, "old", 0, new byte[0]);
        try (EmbeddedClient client = served.connect()) {
            client.send(ClientBytes.preface().message(0, plain).message(1, dated(1, 0)));
            client.next();
            assertThat(client.nextError(1, Errno.EINVAL).text()).contains("not agreed on");
        }
    }
}
