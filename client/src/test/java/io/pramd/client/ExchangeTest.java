package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.MessageType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    private final Exchange exchange = new Exchange();

    @Test
    void leavesNothingWaitingOnALostConnection() {
        var before = exchange.expect(MessageType.FINISH_LOAD);

        exchange.onLost(new ConnectionLost("gone", null));

        assertThat(before).failsWithin(Duration.ZERO);
        assertThat(exchange.expect(MessageType.ABORT)).failsWithin(Duration.ZERO);
    }

    @Test
    void leavesNothingWaitingWhenTheStreamHadFailedBefore() {
        exchange.onMessage(ErrorReply.of(Errno.EIO, MessageType.READ, "broken"));
        exchange.onLost(new ConnectionLost("gone", null));

        assertThat(exchange.expect(MessageType.FINISH_LOAD)).failsWithin(Duration.ZERO);
    }
}
