package io.pramd.client.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.RejectedException;
import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.MessageType;
import org.junit.jupiter.api.Test;

class PramMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void countsCallsBytesRetriesAndConnections() {
        PramConfig config = PramConfig.defaults().withListener(new PramMeters(registry));
        try (FakeDaemon daemon = new FakeDaemon();
                PramClient client = PramClient.connect(daemon.uri(), config)) {
            client.save("n", new byte[10_000]);
            client.save("m", new byte[5_000]);
            client.load("n", LoadStream::readAllBytes);
            assertThatThrownBy(() -> client.stat("n")).isInstanceOf(RejectedException.class);
            daemon.cutBefore(MessageType.PING);
            client.ping();
        }
        assertThat(calls("save", "done")).isEqualTo(2);
        assertThat(calls("load", "done")).isEqualTo(1);
        assertThat(calls("stat", "rejected")).isEqualTo(1);
        assertThat(calls("ping", "done")).isEqualTo(1);
        assertThat(registry.get("pram.bytes").tag("verb", "save").summary().totalAmount())
                .isEqualTo(15_000);
        assertThat(registry.get("pram.retries").tags("verb", "ping").counter().count())
                .isEqualTo(1);
        assertThat(registry.get("pram.connections.lost").counter().count()).isEqualTo(1);
        assertThat(registry.get("pram.connections.opened").counter().count())
                .isGreaterThanOrEqualTo(3);
    }

    private long calls(String verb, String result) {
        return registry.get("pram.calls").tags("verb", verb, "result", result).timer().count();
    }
}
