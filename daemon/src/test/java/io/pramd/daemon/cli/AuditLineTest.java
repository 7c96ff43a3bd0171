package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.server.AuditLog.Deed;
import io.pramd.daemon.server.AuditLog.Doer;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AuditLineTest {
    @Test
    void isOneObjectWhateverTheNameHolds() {
        Doer doer = new Doer(7, "127.0.0.1:4242", "search", "token 0123456789abcdef");
        Deed deed = new Deed("save", "a \"name\"\u2028\\", "ok", 4096, 3);
        assertThat(AuditLine.of(Instant.parse("2026-11-30T12:00:00Z"), doer, deed))
                .isEqualTo(
                        "{\"time\":\"2026-11-30T12:00:00Z\",\"connection\":7,"
                                + "\"from\":\"127.0.0.1:4242\",\"principal\":\"search\","
                                + "\"by\":\"token 0123456789abcdef\",\"verb\":\"save\","
                                + "\"name\":\"a \\\"name\\\"\u2028\\\\\",\"result\":\"ok\","
                                + "\"bytes\":4096,\"millis\":3}");
    }
}
