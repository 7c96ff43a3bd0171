package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.HeldExecutor;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.TakenFrames;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Changes of one batch that find too few frames for a new directory page: two. */
@Timeout(120)
class BatchWithoutFramesTest {
    private static final List<String> NODES = List.of("a", "b", "c");

    @TempDir(factory = OnDevice.class)
    Path folder;

    private final HeldExecutor commits = new HeldExecutor();
    private final HeldExecutor workers = new HeldExecutor();
    private StoreFixture store;
    private TakenFrames taken;

    @BeforeEach
    void save() {
        store =
                StoreFixture.formatHeld(
                        folder.resolve("m"), StoreFixture.SMALL_BYTES, commits, workers);
        taken = new TakenFrames(store);
        NODES.forEach(name -> store.streams().save(name, bytes(1, PAGE)));
    }

    @AfterEach
    void giveBackAndCheck() {
        taken.giveBackAll();
        store.requireEveryFrameAccountedFor();
        store.close();
    }

    /** All but so many frames; and none is held. */
    private void takeAllFramesBut(int left) {
        await(store.store().force());
        store.requireHeldAtMost(0);
        taken.takeAllBut(left);
    }

    /** Of a thread that does nothing else. */
    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING;
    }

    /** The end of the growth gives no frame; but meanwhile somebody has. */
    @Test
    void looksOnceMoreWhenThereIsNothingToWaitForAnyMore() throws InterruptedException {
        takeAllFramesBut(0);
        commits.hold();
        CompletableFuture<Long> first = store.store().remove("a", 0);
        CompletableFuture<Long> second = store.store().remove("b", 0);
        workers.hold();
        CompletableFuture<Long> growth = store.store().grow(Long.MAX_VALUE);
        Thread committer = Thread.ofPlatform().daemon().start(commits::letGo);
        Await.until("the commit waits for the growth", () -> isWaiting(committer));
        assertThat(first).isNotDone();
        taken.giveBack(2);

        workers.letGo();
        committer.join();

        refused(Errno.EINVAL, growth);
        await(first);
        await(second);
        refused(Errno.ENOENT, store.store().stat("a"));
        refused(Errno.ENOENT, store.store().stat("b"));
        assertThat(store.streams().peek("c")).isEqualTo(bytes(1, PAGE));
    }

    @Test
    void refusesAllAndLeavesThemAsTheyWereWhereNoFrameComes() {
        takeAllFramesBut(1);
        commits.hold();
        List<CompletableFuture<Long>> removals =
                NODES.stream().map(name -> store.store().remove(name, 0)).toList();

        commits.letGo();

        removals.forEach(
                removal ->
                        assertThat(refused(Errno.ENOMEM, removal))
                                .hasMessageContaining("no frame left for the directory: free=1"));
        NODES.forEach(name -> assertThat(store.streams().peek(name)).isEqualTo(bytes(1, PAGE)));
        taken.giveBack(1);
        NODES.forEach(name -> await(store.store().remove(name, 0)));
    }

    @Test
    void refusesTheSaveThatFindsNoFrameAndNoneOfItsBatchThatFrees() {
        SaveStream stream = store.streams().open(request("new", NodeType.BYTE));
        store.streams().append(stream, bytes(2, PAGE));
        takeAllFramesBut(2);
        commits.hold();
        CompletableFuture<Long> saved = stream.finish(PAGE);
        List<CompletableFuture<Long>> removals =
                NODES.stream().map(name -> store.store().remove(name, 0)).toList();

        commits.letGo();

        removals.forEach(removal -> await(removal));
        assertThat(refused(Errno.ENOMEM, saved)).hasMessageContaining("for the directory");
        refused(Errno.ENOENT, store.store().stat("new"));
        assertThat(store.info("nodes.ready")).isZero();
        taken.giveBackAll();
        store.streams().save("new", bytes(2, PAGE));
        assertThat(store.streams().peek("new")).isEqualTo(bytes(2, PAGE));
    }

    /** They are held until a root without it has been forced. */
    @Test
    void savesIntoTheFramesThatARemovalOfItsBatchFrees() {
        store.streams().save("large", bytes(3, 200 * PAGE));
        SaveStream stream = store.streams().open(request("new", NodeType.BYTE));
        store.streams().append(stream, bytes(2, PAGE));
        takeAllFramesBut(2);
        commits.hold();
        CompletableFuture<Long> saved = stream.finish(PAGE);
        CompletableFuture<Long> removed = store.store().remove("large", 0);

        commits.letGo();

        await(removed);
        await(saved);
        assertThat(store.streams().peek("new")).isEqualTo(bytes(2, PAGE));
        NODES.forEach(name -> assertThat(store.streams().peek(name)).isEqualTo(bytes(1, PAGE)));
    }
}
