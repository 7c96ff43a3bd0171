package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.ManualClock;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpiryTest {
    private static final long TTL = 5000;
    private static final byte[] CONTENTS = bytes(1, 10_000);

    @TempDir Path folder;

    private final ManualClock clock = new ManualClock();
    private StoreFixture store;

    @BeforeEach
    void open() {
        store =
                StoreFixture.format(
                        folder.resolve("m"),
                        2 * StoreFixture.SMALL_BYTES,
                        How.ON_CALLER_ALONE.by(clock));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void save(String name) {
        store.streams().save(request(name, NodeType.BYTE).livingMillis(TTL), CONTENTS);
    }

    private void look() {
        store.store().expiry().look();
    }

    private List<String> listed() {
        return await(store.store().list(new ListRequest("", 0, 0, 1000))).nodes().stream()
                .map(NodeInfo::name)
                .toList();
    }

    @Test
    void livesFromTheSealingOfItsCommitOn() {
        SaveStream stream = store.streams().open(request("a", NodeType.BYTE).livingMillis(TTL));
        clock.advance(100_000);
        await(stream.finish(0));
        NodeInfo info = await(store.store().stat("a"));
        assertThat(info.expiryMillis()).isEqualTo(clock.millis() + TTL);
        assertThat(store.info("nodes.expiring")).isEqualTo(1);
        assertThat(store.info("expiry.nextMillis")).isEqualTo(clock.millis() + TTL);
    }

    @Test
    void aCopyGoesWhenTheFirstWouldHaveGone() {
        long expiry = clock.millis() + TTL;
        SaveRequest.Dates dates = new SaveRequest.Dates(5, expiry);
        SaveStream stream = store.streams().open(request("a", NodeType.BYTE).dated(dates));
        clock.advance(TTL - 1);
        await(stream.finish(0));
        NodeInfo info = await(store.store().stat("a"));
        assertThat(info.createdMillis()).isEqualTo(5);
        assertThat(info.expiryMillis()).isEqualTo(expiry);
        clock.advance(1);
        refused(Errno.ENOENT, store.store().stat("a"));
    }

    @Test
    void isNotThereFromItsExpiryOnForWhoComesLater() {
        save("a");
        clock.advance(TTL - 1);
        assertThat(store.streams().peek("a")).isEqualTo(CONTENTS);
        clock.advance(1);
        refused(Errno.ENOENT, () -> store.streams().openLoad("a", false));
        refused(Errno.ENOENT, () -> store.streams().openLoad("a", true));
        refused(Errno.ENOENT, store.store().stat("a"));
        refused(Errno.ENOENT, store.store().remove("a", 0));
        assertThat(listed()).containsExactly("a");
        look();
        assertThat(listed()).isEmpty();
        assertThat(store.info("expiry.removed")).isEqualTo(1);
        assertThat(store.info("nodes.expiring")).isZero();
        assertThat(store.info("expiry.nextMillis")).isZero();
        store.requireEveryFrameAccountedFor();
    }

    @Test
    void oneLookDropsAllThatIsDueAndNothingElse() {
        for (int i = 0; i < 2500; i++) {
            store.streams().save(request("d" + i, NodeType.BYTE).livingMillis(TTL), new byte[0]);
        }
        store.streams().save(request("later", NodeType.BYTE).livingMillis(TTL + 1), CONTENTS);
        store.streams().save("forever", CONTENTS);
        look();
        assertThat(listed()).hasSize(1000);
        clock.advance(TTL);
        look(); // more than a batch, and that more than one commit takes
        assertThat(listed()).containsExactly("later", "forever");
        assertThat(store.info("expiry.removed")).isEqualTo(2500);
        assertThat(store.info("expiry.nextMillis")).isEqualTo(clock.millis() + 1);
    }

    @Test
    void loadThatBeganBeforeFinishes() {
        save("a");
        LoadStream load = store.streams().openLoad("a", false);
        clock.advance(TTL);
        look();
        assertThat(store.streams().readAll(load)).isEqualTo(CONTENTS);
        await(load.finish(load.info().sequence()));
        assertThat(store.info("nodes.expiring")).isZero();
        assertThat(store.info("expiry.removed")).isZero();
    }

    @Test
    void staysWhileItIsPeekedAndGoesAtTheNextLook() {
        save("a");
        LoadStream peek = store.streams().openLoad("a", true);
        clock.advance(TTL);
        look();
        assertThat(store.streams().readAll(peek)).isEqualTo(CONTENTS);
        assertThat(listed()).containsExactly("a");
        peek.abort();
        look();
        assertThat(listed()).isEmpty();
    }

    @Test
    void staysUnderAReplacementAndGoesWhenThatIsDiscarded() {
        save("a");
        SaveStream replacement = store.streams().open(replacing("a", NodeType.BYTE));
        clock.advance(TTL);
        look();
        assertThat(store.info("nodes.ready")).isEqualTo(1);
        replacement.discard();
        look();
        assertThat(store.info("nodes.ready")).isZero();
    }

    @Test
    void makesWayForASaveOfItsNameAtOnce() {
        save("a");
        clock.advance(TTL);
        store.streams().save("a", bytes(2, 5000));
        assertThat(store.info("expiry.removed")).isEqualTo(1);
        assertThat(store.streams().peek("a")).isEqualTo(bytes(2, 5000));
    }

    @Test
    void isInTheWayOfASaveOfItsNameWhileItIsInUse() {
        save("a");
        LoadStream load = store.streams().openLoad("a", false);
        clock.advance(TTL);
        refused(Errno.EEXIST, () -> store.streams().open(request("a", NodeType.BYTE)));
        load.abort();
        store.streams().save("a", CONTENTS);
    }

    @Test
    void aKillBeforeTheLookLeavesItToTheNextStart() {
        save("a");
        store.streams().save("b", CONTENTS);
        store.kill();
        clock.advance(TTL);
        store = StoreFixture.open(store.file(), How.ON_CALLER_ALONE.by(clock));
        refused(Errno.ENOENT, store.store().stat("a"));
        assertThat(store.info("nodes.expiring")).isEqualTo(1);
        look();
        assertThat(listed()).containsExactly("b");
    }

    @Test
    void makesWayForASaveThatWaitedForTheWalk() {
        save("a");
        store.kill();
        clock.advance(TTL);
        store = StoreFixture.openWithoutWalk(store.file(), How.THREADED.by(clock));
        CompletableFuture<SaveStream> waiting =
                store.store().openSave(request("a", NodeType.BYTE), () -> {});
        assertThat(waiting).isNotDone();
        store.opened().recover();
        await(waiting).discard();
        assertThat(store.info("expiry.removed")).isEqualTo(1);
    }

    @Test
    void aClockThatGoesBackKeepsItLonger() {
        save("a");
        clock.advance(-1_000_000);
        look();
        assertThat(store.streams().peek("a")).isEqualTo(CONTENTS);
        clock.advance(1_000_000 + TTL);
        look();
        assertThat(listed()).isEmpty();
    }

    @Test
    void aReadOnlyStoreKeepsIt() {
        save("a");
        clock.advance(TTL);
        store.store()
                .fail(io.pramd.daemon.memory.StoreException.outcomeUnknown("the device is gone"));
        look();
        assertThat(listed()).containsExactly("a");
    }

    @Test
    void goesByItselfByTheRealClock() {
        try (StoreFixture real = StoreFixture.format(folder.resolve("real"))) {
            real.streams().save(request("a", NodeType.BYTE).livingMillis(200), CONTENTS);
            real.streams().save(request("b", NodeType.BYTE).livingMillis(300), CONTENTS);
            Await.until("both expired", () -> real.info("expiry.removed") == 2);
            assertThat(real.info("nodes.ready")).isZero();
        }
    }

    @Test
    void theEndOfItsLastUseMakesItGoByItself() {
        How how = How.THREADED.by(clock);
        try (StoreFixture real =
                StoreFixture.format(folder.resolve("real"), StoreFixture.SMALL_BYTES, how)) {
            real.streams().save(request("a", NodeType.BYTE).livingMillis(TTL), CONTENTS);
            LoadStream peek = real.streams().openLoad("a", true);
            LoadStream load = real.streams().openLoad("a", false);
            clock.advance(TTL);
            real.store().expiry().look();
            peek.abort();
            real.store().expiry().look();
            assertThat(real.info("nodes.loading")).isEqualTo(1);
            load.abort();
            Await.until("a has gone", () -> real.info("expiry.removed") == 1);
        }
    }
}
