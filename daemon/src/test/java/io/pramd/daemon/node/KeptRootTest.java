package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.TakenFrames;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** To whom a backup gives way, and to whom it does not. */
@Timeout(120)
class KeptRootTest {
    @TempDir(factory = OnDevice.class)
    Path folder;

    private StoreFixture store;
    private TakenFrames taken;

    @BeforeEach
    void save() {
        store =
                StoreFixture.format(
                        folder.resolve("m"), StoreFixture.SMALL_BYTES, How.ON_CALLER_ALONE);
        taken = new TakenFrames(store);
        store.streams().save("large", bytes(1, 200 * PAGE));
        store.streams().save("small", bytes(2, PAGE));
    }

    @AfterEach
    void giveBackAndCheck() {
        taken.giveBackAll();
        store.requireEveryFrameAccountedFor();
        store.close();
    }

    private KeptRoot keep() {
        return store.store().view().keepRoot().orElseThrow();
    }

    /** Its frames are free when nobody keeps a root any more. */
    private void removeLarge() {
        await(store.store().remove("large", 0));
        await(store.store().force());
    }

    @Test
    void aSaveThatFindsNoFrameEndsNoBackup() {
        try (KeptRoot kept = keep()) {
            removeLarge();
            SaveStream stream = store.streams().open(request("new", NodeType.BYTE));
            store.streams().append(stream, bytes(3, PAGE));
            taken.takeAllBut(2);
            refused(Errno.ENOMEM, stream.finish(PAGE));
            assertThat(kept.hasGivenWay()).isFalse();
            assertThat(store.store().view().isRootKept()).isTrue();
        }
    }

    @Test
    void aRemovalEndsABackupThatKeepsFrames() {
        KeptRoot kept = keep();
        removeLarge();
        taken.takeAllBut(0);
        await(store.store().remove("small", 0));
        assertThat(kept.hasGivenWay()).isTrue();
        assertThat(store.store().view().isRootKept()).isFalse();
    }

    @Test
    void aRemovalEndsNoBackupThatKeepsNothing() {
        await(store.store().force());
        try (KeptRoot kept = keep()) {
            taken.takeAllBut(0);
            refused(Errno.ENOMEM, store.store().remove("small", 0));
            assertThat(kept.hasGivenWay()).isFalse();
            assertThat(store.store().view().isRootKept()).isTrue();
        }
    }

    @Test
    void theEndOfOneThatIsOverEndsNoOther() {
        KeptRoot first = keep();
        first.close();
        try (KeptRoot second = keep()) {
            first.close();
            assertThat(store.store().view().isRootKept()).isTrue();
            assertThat(second.hasGivenWay()).isFalse();
        }
        assertThat(store.store().view().isRootKept()).isFalse();
    }

    /** As if there had been no backup: who needs frames waits for a check. */
    @Test
    void checksBehindABackupAreAwaited() throws InterruptedException {
        keep().close();
        Thread remover;
        try (WatchedRoot check = store.store().view().watchRoot().orElseThrow()) {
            removeLarge();
            taken.takeAllBut(0);
            remover =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> await(store.store().remove("small", 0)));
            Await.until(
                    "the removal waits", () -> remover.getState() == Thread.State.TIMED_WAITING);
            assertThat(check.root().nodeCount()).isEqualTo(2);
        }
        remover.join();
        refused(Errno.ENOENT, store.store().stat("small"));
    }
}
