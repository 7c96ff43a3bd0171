package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A save of which a part could not be taken is never finished without it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BrokenSaveTest {
    private static final int LENGTH = 64 << 20; // more than all buffers on the way hold

    private final List<PramListener.Ended> ended = new CopyOnWriteArrayList<>();
    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client =
            PramClient.connect(
                    daemon.uri(),
                    PramConfig.defaults()
                            .withNoProgress(Duration.ofSeconds(3))
                            .withListener(new Recorder()));

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isNotFinishedAfterAWriteThatRanOutOfTime(boolean isDirect) {
        SaveStream save = client.openSave("n");
        daemon.read(false);
        ByteBuffer bytes =
                isDirect ? ByteBuffer.allocateDirect(LENGTH) : ByteBuffer.allocate(LENGTH);
        assertThatThrownBy(() -> save.write(bytes)).isInstanceOf(NotSentException.class);
        daemon.read(true);
        assertThatThrownBy(() -> save.write(1)).isInstanceOf(NotSentException.class);
        assertThatThrownBy(save::finish).isInstanceOf(NotSentException.class);
        daemon.awaitGone("n");
        assertThat(ended)
                .extracting(PramListener.Ended::result)
                .containsExactly(PramListener.Result.NOT_SENT);
    }

    @Test
    void isNotFinishedAfterAWriteThatWasInterrupted() {
        SaveStream save = client.openSave("n");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> save.write(new byte[LENGTH])).isInstanceOf(NotSentException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(save::finish)
                .isInstanceOf(NotSentException.class)
                .hasMessageContaining("interrupted");
        daemon.awaitGone("n");
    }

    @Test
    void isNotFinishedByAWriterThatKeepsTheFailureToItself() {
        daemon.refusePages(Errno.ENOMEM, "no frame left");
        StreamWriter<RuntimeException> deaf =
                out -> {
                    try {
                        out.write(new byte[LENGTH], 0, LENGTH);
                    } catch (PramException e) {
                        assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
                    }
                };
        assertThatThrownBy(() -> client.save("n", deaf)).isInstanceOf(RejectedException.class);
        daemon.awaitGone("n");
    }

    @Test
    void goesOnAfterAPageOfTheWrongSize() {
        PageWriter pages = client.openPages("p");
        assertThatThrownBy(() -> pages.append(ByteBuffer.allocate(1), 0))
                .isInstanceOf(RejectedException.class);
        pages.append(ByteBuffer.allocate(4096), 0);
        pages.finish();
        assertThat(client.stat("p").pages()).isEqualTo(1);
    }

    /** Thread-safe. */
    private final class Recorder implements PramListener {
        @Override
        public void ended(Ended call) {
            ended.add(call);
        }
    }
}
