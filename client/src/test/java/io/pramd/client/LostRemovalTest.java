package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

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
    private final PramClient client = PramClient.connect(daemon.uri());

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
        Duration patience = Duration.ofMillis(400);
        while (!isPutOff(errno, patience)) {
            patience = patience.multipliedBy(2);
        }
    }

    /** False: the machine was so slow that it was not even asked for again. */
    private boolean isPutOff(Errno errno, Duration patience) {
        long sequence = client.save("n", new byte[10]);
        int before = daemon.faults().timesHeard(MessageType.REMOVE);
        daemon.cutAfter(MessageType.REMOVE);
        PramConfig impatient = PramConfig.defaults().withRetryFor(patience);
        try (PramClient other = PramClient.connect(daemon.uri(), impatient)) {
            daemon.refuse(MessageType.REMOVE, errno, Integer.MAX_VALUE);
            Throwable failure = catchThrowable(() -> other.removeIfSequence("n", sequence));
            assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
            if (daemon.faults().timesHeard(MessageType.REMOVE) == before + 1) {
                return false;
            }
            assertThat(((PramException) failure).errno()).isEqualTo(errno);
            return true;
        }
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
