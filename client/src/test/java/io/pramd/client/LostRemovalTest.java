package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Of a removal whose answer was lost nobody says that it did not happen. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LostRemovalTest {
    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client =
            PramClient.connect(
                    daemon.uri(),
                    PramConfig.defaults()
                            .withNoProgress(Duration.ofMillis(500))
                            .withRetryFor(Duration.ofMillis(400)));

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Errno.class,
            names = {"EROFS", "EIO", "EACCES", "EINVAL"})
    void isUnknownWhenItIsRefusedTheSecondTime(Errno errno) {
        long sequence = client.save("n", new byte[10]);
        daemon.cutAfter(MessageType.REMOVE);
        daemon.faults().refuse(MessageType.REMOVE, errno);
        assertThatThrownBy(() -> client.removeIfSequence("n", sequence))
                .isInstanceOfSatisfying(
                        OutcomeUnknownException.class, e -> assertThat(e.errno()).isEqualTo(errno));
        assertThat(daemon.find("n")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Errno.class,
            names = {"EAGAIN", "EBUSY"})
    void isUnknownWhenTheDaemonPutsItOffUntilThePatienceEnds(Errno errno) {
        long sequence = client.save("n", new byte[10]);
        daemon.cutAfter(MessageType.REMOVE);
        for (int i = 0; i < 100; i++) {
            daemon.faults().refuse(MessageType.REMOVE, errno);
        }
        assertThatThrownBy(() -> client.removeIfSequence("n", sequence))
                .isInstanceOfSatisfying(
                        OutcomeUnknownException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    void isRefusedLikeAnyOtherWhenNoAnswerWasLost() {
        long sequence = client.save("n", new byte[10]);
        daemon.faults().refuse(MessageType.REMOVE, Errno.EROFS);
        assertThatThrownBy(() -> client.removeIfSequence("n", sequence))
                .isInstanceOf(RejectedException.class);
        assertThatThrownBy(() -> client.removeIfSequence("n", sequence + 1))
                .isInstanceOf(RejectedException.class);
        assertThat(daemon.find("n")).isPresent();
    }
}
