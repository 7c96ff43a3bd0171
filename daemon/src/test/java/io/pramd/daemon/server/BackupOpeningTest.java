package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.recovery.Backup;
import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.Aborted;
import io.pramd.protocol.BackupOpened;
import io.pramd.protocol.Errno;
import io.pramd.protocol.FramesAre;
import io.pramd.protocol.NextFrames;
import io.pramd.protocol.PrepareBackup;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a backup before a worker has come to it. */
class BackupOpeningTest {
    @TempDir Path folder;
    private final CompletableFuture<Void> worker = new CompletableFuture<>();
    private ServedStore served;
    private EmbeddedClient client;

    @BeforeEach
    void prepare() {
        served = ServedStore.in(folder);
        client =
                EmbeddedClient.greeted(
                        new Sessions(
                                ServerConfig.of(served.store(), List.of(), "pramd test")
                                        .withBackups(
                                                () -> worker.thenCompose(free -> openedBackup()))));
        client.send(ClientBytes.of().message(5, new PrepareBackup()));
        client.expectNothing();
    }

    private CompletableFuture<Backup> openedBackup() {
        return served.fixture().opened().backup();
    }

    @AfterEach
    void stop() {
        client.close();
        served.close();
    }

    private void open() {
        worker.complete(null);
    }

    private boolean isUnderWay() {
        client.runTasks();
        return served.store().view().isRootKept();
    }

    @Test
    void whatIsAskedForMeanwhileComesBehindTheAnswer() {
        client.send(ClientBytes.of().message(5, new NextFrames()));
        client.expectNothing();
        open();
        client.next(5, BackupOpened.class);
        assertThat(client.next(5, FramesAre.class).last()).isTrue();
    }

    @Test
    void oneThatIsAbortedKeepsNoRoot() {
        client.send(ClientBytes.of().message(5, new AbortLoad()));
        client.next(5, Aborted.class);
        open();
        assertThat(isUnderWay()).isFalse();
        client.expectNothing();
        client.send(ClientBytes.of().message(6, new PrepareBackup()));
        client.next(6, BackupOpened.class);
    }

    @Test
    void oneWhoseConnectionIsGoneKeepsNoRoot() {
        client.breakOff();
        open();
        assertThat(isUnderWay()).isFalse();
    }

    @Test
    void aRefusalEndsIt() {
        try (EmbeddedClient other = served.greeted()) {
            other.send(ClientBytes.of().message(1, new PrepareBackup()));
            other.next(1, BackupOpened.class);
            open();
            client.nextError(5, Errno.EBUSY);
            client.send(ClientBytes.of().message(5, new NextFrames()));
            client.nextError(5, Errno.EBADF);
            assertThat(isUnderWay()).isTrue();
        }
        client.send(ClientBytes.of().message(6, new PrepareBackup()));
        client.next(6, BackupOpened.class);
    }
}
