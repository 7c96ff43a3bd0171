package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.FrameCensus;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A damaged page is reported, and its node given up, while the commit that drops the node anyway is
 * under way: the node's slot may be another's behind it, and its frames are free already.
 */
@Timeout(60)
class QuarantineRaceTest {
    private final AtomicReference<Runnable> inCommit = new AtomicReference<>();

    @TempDir Path folder;
    private long nodePfn;

    /** A store with a damaged node "a", and a peek that has yet to notice. */
    private StoreFixture withDamagedNode() {
        Path file = folder.resolve("m");
        StoreFixture fixture =
                StoreFixture.format(
                        file,
                        StoreFixture.SMALL_BYTES,
                        How.THREADED.stoppedBy(
                                point -> {
                                    if (point == CrashPoint.TREE_STORED) {
                                        Runnable task = inCommit.getAndSet(null);
                                        if (task != null) {
                                            task.run();
                                        }
                                    }
                                }));
        fixture.streams().save("a", bytes(1, 3 * PAGE));
        nodePfn = await(fixture.store().stat("a")).pfn();
        FrameCensus census = fixture.census();
        Damage.flip(file, census.dataFrames().nextSetBit(0), 0);
        return fixture;
    }

    /** What comes of the operator's wish to remove the node, uttered in the middle of a commit. */
    private CompletableFuture<Long> giveUpInCommit(StoreFixture fixture, LoadStream peek) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        inCommit.set(
                () -> {
                    assertThat(await(peek.report(0)).agreed()).isTrue();
                    fixture.store()
                            .removeQuarantined(nodePfn)
                            .whenComplete(
                                    (sequence, why) -> {
                                        if (why == null) {
                                            answer.complete(sequence);
                                        } else {
                                            answer.completeExceptionally(why);
                                        }
                                    });
                });
        return answer;
    }

    @Test
    void keepsTheNodeThatReplacedADamagedOne() {
        byte[] contents = bytes(2, 2 * PAGE);
        StoreFixture fixture = withDamagedNode();
        LoadStream peek = fixture.streams().openLoad("a", true);
        CompletableFuture<Long> givenUp = giveUpInCommit(fixture, peek);
        fixture.streams().save(replacing("a", NodeType.BYTE), contents);
        refused(Errno.ENOENT, givenUp);
        peek.abort();
        fixture.requireEveryFrameAccountedFor();
        try (StoreFixture next = fixture.killAndRestart()) {
            assertThat(next.streams().peek("a")).isEqualTo(contents);
            next.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void dropsOnceWhatIsRemovedAndGivenUpTogether() {
        try (StoreFixture fixture = withDamagedNode()) {
            LoadStream peek = fixture.streams().openLoad("a", true);
            CompletableFuture<Long> givenUp = giveUpInCommit(fixture, peek);
            await(fixture.store().remove("a", 0));
            refused(Errno.ENOENT, givenUp);
            peek.abort();
            fixture.streams().save("b", bytes(3, PAGE));
            fixture.requireEveryFrameAccountedFor();
            assertThat(fixture.streams().peek("b")).isEqualTo(bytes(3, PAGE));
        }
    }
}
