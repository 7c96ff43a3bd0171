package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.BackupOpened;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.FramesAre;
import io.pramd.protocol.GoingAway;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.NextFrames;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Pong;
import io.pramd.protocol.PrepareBackup;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.WireLimits;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a session says when its daemon drains, and what it then does and does not. */
class GoingAwaySessionTest {
    @TempDir Path folder;
    private ServedStore served;
    private EmbeddedClient client;

    @AfterEach
    void stop() {
        client.close();
        served.close();
    }

    @Test
    void anIdleClientIsToldAndItsConnectionEnds() {
        serve();
        drain();
        assertThat(client.next(0, GoingAway.class).retryAfterMillis()).isEqualTo(70);
        assertEnded("draining");
    }

    @Test
    void aCutLeavesALastWordThatIsStillOnItsWay() {
        serve();
        client.holdWrites();
        drain();
        served.sessions().cutAll();
        assertThat(client.isOpen()).isTrue();
        client.takeWrites();
        client.next(0, GoingAway.class);
        assertEnded("draining");
    }

    @Test
    void whoDoesNotKnowTheMessageDoesNotGetIt() {
        served = ServedStore.in(folder);
        client = EmbeddedClient.simple(served.sessions());
        client.send(ClientBytes.of().message(1, ClientBytes.loadWaiting("none", 20_000)));
        drain();
        client.expectNothing(); // it waits for its node, as ever
        served.sessions().cutAll();
        assertEnded("stops");
    }

    @Test
    void openStreamsGoOnAndTheConnectionEndsBehindTheLast() {
        serve();
        client.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
        client.next(1, SaveOpened.class);
        drain();
        client.next(0, GoingAway.class);
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.prepareSave("b"))
                        .message(3, ClientBytes.load("b"))
                        .message(4, new Ping())
                        .pages(1, ClientBytes.page(1))
                        .message(1, new FinishSave(WireLimits.PAGE_BYTES)));
        client.nextError(2, Errno.EAGAIN);
        client.nextError(3, Errno.EAGAIN);
        client.next(4, Pong.class);
        client.next(1, Saved.class);
        assertEnded("draining");
    }

    @Test
    void aSaveThatWaitsForTheWalkIsRefused() {
        serveWithoutWalk();
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .pages(1, ClientBytes.page(1)));
        client.expectNothing();
        drain();
        client.next(0, GoingAway.class);
        assertThat(client.nextError(1, Errno.EAGAIN).text()).contains("draining");
        assertEnded("draining");
        served.walk();
        assertThat(served.fixture().info("nodes.saving")).isZero();
    }

    @Test
    void aLoadThatWaitsForItsNodeIsRefused() {
        serve();
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.loadWaiting("a", 20_000))
                        .message(2, ClientBytes.prepareSave("b")));
        client.next(2, SaveOpened.class);
        drain();
        client.next(0, GoingAway.class);
        assertThat(client.nextError(1, Errno.EAGAIN).text()).contains("draining");
        client.expectNothing(); // the save goes on
        served.fixture().streams().save("a", ClientBytes.page(1));
        assertThat(served.fixture().info("nodes.loading")).isZero();
    }

    @Test
    void aBackupGoesOnAndNoneBegins() {
        serve();
        try (EmbeddedClient saver = served.greeted()) {
            saver.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
            saver.next(1, SaveOpened.class);
            client.send(ClientBytes.of().message(1, new PrepareBackup()));
            client.next(1, BackupOpened.class);
            drain();
            client.next(0, GoingAway.class);
            client.send(ClientBytes.of().message(1, new NextFrames()));
            assertThat(client.next(1, FramesAre.class).last()).isTrue();
            client.next();
            assertEnded("draining");
            saver.next(0, GoingAway.class);
            saver.send(ClientBytes.of().message(2, new PrepareBackup()));
            assertThat(saver.nextError(2, Errno.EAGAIN).text()).contains("draining");
            assertThat(served.store().view().isRootKept()).isFalse();
        }
    }

    @Test
    void aCutEndsABackup() {
        serve();
        client.send(ClientBytes.of().message(1, new PrepareBackup()));
        client.next(1, BackupOpened.class);
        drain();
        client.next(0, GoingAway.class);
        client.expectNothing();
        assertThat(served.store().view().isRootKept()).isTrue();
        served.sessions().cutAll();
        assertEnded("stops");
        assertThat(served.store().view().isRootKept()).isFalse();
    }

    @Test
    void aCutDiscardsSavesAndGivesLoadsBack() {
        serve();
        served.fixture().streams().save("a", ClientBytes.page(1));
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.load("a"))
                        .message(2, ClientBytes.prepareSave("b"))
                        .pages(2, ClientBytes.page(1)));
        client.next(1, LoadOpened.class);
        client.next(2, SaveOpened.class);
        drain();
        client.next(0, GoingAway.class);
        client.expectNothing();
        served.sessions().cutAll();
        assertEnded("stops");
        assertThat(served.fixture().info("nodes.saving")).isZero();
        assertThat(served.fixture().info("nodes.loading")).isZero();
        assertThat(served.sessions().info())
                .containsEntry("streams.saving", 0L)
                .containsEntry("streams.loading", 0L);
    }

    @Test
    void aCutAnswersWhatWasHeardBeforeItsLastWord() {
        serveWithoutWalk();
        client.send(ClientBytes.of().message(1, new RemoveNode(0, 0, "none")));
        drain();
        client.next(0, GoingAway.class);
        served.sessions().cutAll();
        client.runTasks();
        client.send(ClientBytes.of().message(2, new Ping())); // is not heard
        client.expectNothing();
        served.walk();
        client.nextError(1, Errno.ENOENT);
        assertEnded("stops");
    }

    private void serve() {
        served = ServedStore.in(folder);
        client = served.greeted();
    }

    private void serveWithoutWalk() {
        served = ServedStore.withoutWalk(folder);
        client = served.greeted();
    }

    private void drain() {
        served.sessions().drain(Duration.ofMillis(70));
    }

    private void assertEnded(String why) {
        ErrorReply last = client.nextError(0, Errno.EAGAIN);
        assertThat(last.closing()).isTrue();
        assertThat(last.text()).contains(why);
        client.expectNothing();
    }
}
