package io.pramd.daemon.supervise;

import static io.pramd.daemon.fixture.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.Errno;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ActivatedSocketsTest {
    private static final String OWN = String.valueOf(ProcessHandle.current().pid());

    @Test
    void whatIsForAnotherProcessIsLeftAlone() {
        assertThat(ActivatedSockets.of(Map.of())).isEmpty();
        assertThat(ActivatedSockets.of(Map.of("LISTEN_FDS", "2"))).isEmpty();
        assertThat(ActivatedSockets.of(Map.of("LISTEN_FDS", "2", "LISTEN_PID", "1"))).isEmpty();
        assertThat(ActivatedSockets.of(Map.of("LISTEN_FDS", "0", "LISTEN_PID", OWN))).isEmpty();
    }

    @Test
    void noNumberIsRefused() {
        for (String count : new String[] {"x", "-1", "65", ""}) {
            Map<String, String> environment = Map.of("LISTEN_FDS", count, "LISTEN_PID", OWN);

            refused(Errno.EINVAL, () -> ActivatedSockets.of(environment));
        }
    }
}
