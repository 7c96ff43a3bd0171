package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.AskInfo;
import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.Discard;
import io.pramd.protocol.Discarded;
import io.pramd.protocol.Errno;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.InfoIs;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Pong;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.WireLimits;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What sessions do while the store still counts references after its start. */
class WaitingForWalkTest {
    @TempDir Path folder;
    private ServedStore served;
    private EmbeddedClient client;

    @BeforeEach
    void connect() {
        served = ServedStore.withoutWalk(folder);
        client = served.greeted();
    }

    @AfterEach
    void disconnect() {
        client.close();
        served.close();
    }

    @Test
    void aPipelinedSaveIsDoneWhenTheWalkIs() {
        client.send(
                ClientBytes.of()
                        .save(1, "a", ClientBytes.pagesFrom(3, 20))
                        .save(2, "b", ClientBytes.page(9))
                        .message(3, new Ping()));
        client.expectNothing();
        served.walk();
        client.next(1, SaveOpened.class);
        client.next(1, Saved.class);
        client.next(2, SaveOpened.class);
        client.next(2, Saved.class);
        client.next(3, Pong.class);
        assertThat(served.fixture().streams().peek("b")).isEqualTo(ClientBytes.page(9));
    }

    @Test
    void aPipelinedSaveThatComesByteByByteIsDoneWhenTheWalkIs() {
        client.sendByteByByte(ClientBytes.of().save(1, "a", ClientBytes.page(3)).bytes());
        served.walk();
        client.next(1, SaveOpened.class);
        client.next(1, Saved.class);
    }

    @Test
    void requestsAreAnsweredUntilPagesPauseTheConnection() {
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .message(2, new AskInfo())
                        .pages(1, ClientBytes.page(1))
                        .message(3, new Ping()));
        assertThat(client.next(2, InfoIs.class).values())
                .containsEntry("recovery.complete", InfoValue.of(false))
                .containsEntry("streams.saving", InfoValue.of(1L));
        client.expectNothing();
    }

    @Test
    void aPausedConnectionIsNotIdle() {
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .pages(1, ClientBytes.page(1)));
        client.passMillis(10L * WireLimits.IDLE_MILLIS);
        assertThat(client.isOpen()).isTrue();
        served.walk();
        client.next(1, SaveOpened.class);
        client.passMillis(2L * WireLimits.IDLE_MILLIS);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void aWaitingSaveMayBeDiscarded() {
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .message(1, new Discard())
                        .message(1, new FinishSave(0))
                        .message(2, ClientBytes.prepareSave("a")));
        client.nextError(1, Errno.EAGAIN);
        client.next(1, Discarded.class);
        client.nextError(1, Errno.EBADF);
        served.walk();
        client.next(2, SaveOpened.class);
        client.expectNothing();
    }

    @Test
    void aWaitingSaveOfABrokenConnectionTakesNothing() {
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .pages(1, ClientBytes.page(1)));
        client.breakOff();
        served.walk();
        long free = served.framesFree();
        try (EmbeddedClient other = served.greeted()) {
            other.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
            other.next(1, SaveOpened.class);
            other.send(ClientBytes.of().message(1, new Discard()));
        }
        assertThat(served.framesFree()).isEqualTo(free);
    }

    @Test
    void aFailedPrepareDropsWhatWaitedBehindIt() {
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .pages(1, ClientBytes.page(1))
                        .save(2, "a", ClientBytes.page(1))
                        .message(3, new Ping()));
        served.walk();
        client.next(1, SaveOpened.class);
        client.nextError(2, Errno.EEXIST);
        client.nextError(2, Errno.EEXIST);
        client.next(3, Pong.class);
    }

    @Test
    void changesWaitAndOutcomeAsksForPatience() {
        client.send(
                ClientBytes.of()
                        .message(1, new RemoveNode(0, 0, "none"))
                        .message(2, new AskOutcome(new SaveId(1, 2))));
        client.nextError(2, Errno.EAGAIN);
        client.expectNothing();
        served.walk();
        client.nextError(1, Errno.ENOENT);
    }
}
