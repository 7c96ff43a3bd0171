package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.PramClient;
import io.pramd.client.RejectedException;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupStallTest {
    private static final long IDLE_MILLIS = 300;

    @TempDir Path folder;

    private static ServerLimits impatient() {
        ServerLimits usual = ServerLimits.defaults();
        return new ServerLimits(
                usual.packetBytesMax(),
                usual.streamsMax(),
                usual.requestsMax(),
                usual.connectionsMax(),
                usual.readsQueuedMax(),
                usual.failedSavesMax(),
                usual.answerBytesQueuedMax(),
                IDLE_MILLIS,
                usual.handshakeMillis(),
                usual.savingMillisMax(),
                usual.lingerMillis());
    }

    @Test
    void clientThatIsThereAndAsksForNothingLosesItsBackup() {
        try (StoreFixture store =
                StoreFixture.format(folder.resolve("m"), 32 << 20, StoreFixture.How.THREADED)) {
            store.streams().save("large", new byte[20 << 20]);
            ServerConfig config =
                    ServerConfig.of(
                                    store.store(),
                                    List.of(ListenAddress.parse("pram://127.0.0.1:0")),
                                    "pramd test")
                            .withLimits(impatient())
                            .withBackups(store.opened()::backup);
            try (Server server = Server.start(config);
                    PramClient client =
                            PramClient.connect(server.addresses().getFirst().toString())) {
                assertThatThrownBy(
                                () ->
                                        client.backup(
                                                folder.resolve("copy"),
                                                (bytes, bytesMax) -> awaitEnd(store)))
                        .isInstanceOfSatisfying(
                                RejectedException.class,
                                e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT));
                client.ping();
            }
            store.store().force().join();
            store.requireHeldAtMost(0);
        }
        assertThat(folder.resolve("copy")).doesNotExist();
    }

    private static void awaitEnd(StoreFixture store) {
        Await.until("the backup's end", () -> !store.store().view().isRootKept());
    }
}
