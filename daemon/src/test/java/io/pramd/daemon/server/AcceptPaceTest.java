package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptPaceTest {
    private final EmbeddedChannel listener = new EmbeddedChannel(new AcceptPace());

    @Test
    void aBurstIsTakenAtOnce() {
        take(AcceptPace.BURST_MAX);

        assertThat(listener.config().isAutoRead()).isTrue();
    }

    @Test
    void whatIsMoreWaitsAMomentAndIsNotLost() {
        take(2 * AcceptPace.BURST_MAX);

        assertThat(listener.config().isAutoRead()).isFalse();
        listener.advanceTimeBy(10, TimeUnit.MILLISECONDS);
        listener.runScheduledPendingTasks();
        assertThat(listener.config().isAutoRead()).isTrue();
        assertThat(listener.inboundMessages()).hasSize(2 * AcceptPace.BURST_MAX);
    }

    private void take(int connections) {
        for (int i = 0; i < connections; i++) {
            listener.writeInbound(i);
        }
    }
}
