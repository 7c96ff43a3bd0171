package io.pramd.client.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.WarmReport;
import io.pramd.client.WarmState;
import io.pramd.client.fixture.FakeDaemon;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc are compiled here, and they do what they say. */
class ExamplesTest {

    @Test
    void handOverGivesBackWhatWasSaved() throws Exception {
        try (FakeDaemon daemon = new FakeDaemon()) {
            byte[] state = "still here".getBytes(StandardCharsets.UTF_8);

            assertThat(Examples.handOver(daemon.uri(), state)).isEqualTo(state);
            assertThat(daemon.find("state")).isEmpty();
        }
    }

    @Test
    void warmStateIsBuiltOnceAndReadAfterwards() {
        try (FakeDaemon daemon = new FakeDaemon();
                PramClient client = PramClient.connect(daemon.uri())) {
            try (WarmState<Index> first = Examples.warmState(client, "1")) {
                assertThat(first.origin()).isEqualTo(WarmReport.Origin.REBUILT);
                first.get().words.put("still", "here");
            }
            try (WarmState<Index> second = Examples.warmState(client, "1")) {
                assertThat(second.origin()).isEqualTo(WarmReport.Origin.RESTORED);
                assertThat(second.get().words).containsOnlyKeys("pram", "still");
            }
        }
    }
}
