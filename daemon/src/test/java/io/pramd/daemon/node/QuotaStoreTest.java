package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.quota.QuotaLimits;
import io.pramd.daemon.quota.QuotaRules;
import io.pramd.daemon.quota.Usage;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuotaStoreTest {
    private static final long PAGE = 4096;
    private static final long ANY = QuotaLimits.UNLIMITED;
    private static final Saver ANN = new Saver("ann", false);

    @TempDir Path folder;

    private StoreFixture store;

    @BeforeEach
    void open() {
        store = StoreFixture.format(folder.resolve("m"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void limit(QuotaLimits limits) {
        store.store().quotas().rules(new QuotaRules(Map.of("ann", limits), Map.of(), 0));
    }

    private Usage used() {
        return store.store().quotas().usage("ann");
    }

    private static SaveRequest byAnn(String name) {
        return request(name, NodeType.BYTE).by(ANN);
    }

    private static Usage nodes(long pages, long nodes) {
        return new Usage(pages * PAGE, nodes, 0);
    }

    private void requireLedgerHolds() {
        assertThat(store.opened().audit()).isEmpty();
    }

    @Test
    void theOwnerIsWhoSavedAlsoBehindAKill() {
        store.streams().save(byAnn("a"), bytes(1, 5000));
        SaveStream open = store.streams().open(byAnn("b"));
        assertThat(await(store.store().stat("b")).owner()).isEqualTo("ann");
        assertThat(used()).isEqualTo(new Usage(2 * PAGE, 2, 1));
        open.discard();
        store = store.killAndRestart();
        assertThat(await(store.store().stat("a")).owner()).isEqualTo("ann");
        assertThat(used()).isEqualTo(nodes(2, 1));
        requireLedgerHolds();
    }

    @Test
    void aPacketOverTheQuotaFailsTheStreamAndGivesItsPagesBack() {
        limit(new QuotaLimits(3 * PAGE, ANY, ANY, ANY));
        SaveStream stream = store.streams().open(byAnn("a"));
        store.streams().append(stream, bytes(1, 2 * 4096));
        refused(Errno.EDQUOT, () -> store.streams().append(stream, bytes(1, 2 * 4096)));
        assertThat(used()).isEqualTo(new Usage(0, 1, 1));
        refused(Errno.EDQUOT, stream.finish(4096 * 2));
        assertThat(used()).isEqualTo(Usage.NOTHING);
        store.requireEveryFrameAccountedFor();
    }

    @Test
    void aFinishedSaveIsHeldToALimitThatWasLoweredMeanwhile() {
        SaveStream stream = store.streams().open(byAnn("a"));
        store.streams().append(stream, bytes(1, 3 * 4096));
        limit(new QuotaLimits(2 * PAGE, ANY, ANY, ANY));
        refused(Errno.EDQUOT, stream.finish(3 * 4096));
        refused(Errno.ENOENT, store.store().stat("a"));
        assertThat(used()).isEqualTo(Usage.NOTHING);
    }

    @Test
    void aReplacementCountsBesideWhatItReplaces() {
        limit(new QuotaLimits(5 * PAGE, ANY, ANY, ANY));
        store.streams().save(byAnn("a"), bytes(1, 3 * 4096));
        SaveStream second = store.streams().open(replacing("a", NodeType.BYTE).by(ANN));
        refused(Errno.EDQUOT, () -> store.streams().append(second, bytes(2, 3 * 4096)));
        second.discard();
        store.streams().save(replacing("a", NodeType.BYTE).by(ANN), bytes(2, 2 * 4096));
        assertThat(used()).isEqualTo(nodes(2, 1));
        store.streams().save(replacing("a", NodeType.BYTE), bytes(3, 4096));
        assertThat(used()).as("it is nobody's now").isEqualTo(Usage.NOTHING);
        requireLedgerHolds();
    }

    @Test
    void aNameThatIsTakenIsSaidBeforeAQuota() {
        limit(new QuotaLimits(ANY, 1, ANY, ANY));
        store.streams().save(byAnn("a"), bytes(1, 1));
        refused(Errno.EEXIST, () -> store.streams().open(byAnn("a")));
        refused(Errno.EDQUOT, () -> store.streams().open(byAnn("b")));
        assertThat(used()).isEqualTo(nodes(1, 1));
    }

    @Test
    void consumedAndRemovedNodesAreGivenBack() {
        for (String name : List.of("a", "b", "c")) {
            store.streams().save(byAnn(name), bytes(1, 4096));
        }
        store.streams().consume("a");
        await(store.store().remove("b", 0));
        assertThat(used()).isEqualTo(nodes(1, 1));
        await(store.store().removeAll("", name -> !name.equals("c")));
        assertThat(used()).isEqualTo(nodes(1, 1));
        requireLedgerHolds();
    }

    /** Else a file could be filled with nodes that are peeked and removed. */
    @Test
    void aRemovedNodeCountsUntilNobodyReadsItAnyMore() {
        limit(new QuotaLimits(ANY, 1, ANY, ANY));
        store.streams().save(byAnn("a"), bytes(1, 1));
        LoadStream first = store.streams().openLoad("a", true);
        LoadStream second = store.streams().openLoad("a", true);
        store.store().remove("a", 0).join();
        assertThat(used()).isEqualTo(nodes(1, 1));
        first.abort();
        refused(Errno.EDQUOT, () -> store.streams().open(byAnn("b")));
        second.abort();
        assertThat(used()).isEqualTo(Usage.NOTHING);
        store.streams().save(byAnn("b"), bytes(1, 1));
        assertThat(used()).isEqualTo(nodes(1, 1));
    }

    @Test
    void aPrefixLimitedAtRunTimeIsCountedWhileSavesGoOn() {
        store.close();
        store = StoreFixture.format(folder.resolve("large"), 64 << 20, StoreFixture.How.THREADED);
        for (int i = 0; i < 3000; i++) {
            store.streams().save("p/" + i, new byte[1]);
        }
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<Void> savers =
                CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; !isOver.get(); i = (i + 7) % 3000) {
                                await(store.store().remove("p/" + i, 0));
                                store.streams().save("p/" + i, new byte[1]);
                            }
                        });
        for (int round = 0; round < 10; round++) {
            QuotaLimits limits = new QuotaLimits(ANY, 3000 + round, ANY, ANY);
            String prefix = round % 2 == 0 ? "p/" : "p/1";
            store.store().quotas().rules(new QuotaRules(Map.of(), Map.of(prefix, limits), 0));
            Await.until("counted", () -> store.info("quota.counting") == 0);
        }
        isOver.set(true);
        savers.join();
        store.store()
                .quotas()
                .rules(
                        new QuotaRules(
                                Map.of(),
                                Map.of("p/", QuotaLimits.NONE, "p/1", QuotaLimits.NONE),
                                0));
        Await.until("counted", () -> store.info("quota.counting") == 0);
        assertThat(store.store().quotas().usageByPrefix().get("p/")).isEqualTo(nodes(3000, 3000));
        assertThat(store.store().quotas().usageByPrefix().get("p/1")).isEqualTo(nodes(1111, 1111));
        requireLedgerHolds();
    }

    @Test
    void rulesBeforeTheFirstNodePageIsReadAreExactWithoutACount() {
        store.streams().save(byAnn("p/a"), bytes(1, 4096));
        store.kill();
        store = StoreFixture.openWithoutWalk(store.file(), StoreFixture.How.THREADED);
        QuotaLimits one = new QuotaLimits(ANY, 1, ANY, ANY);
        store.store().quotas().rules(new QuotaRules(Map.of(), Map.of("p/", one), 0));
        assertThat(store.info("quota.counting")).isZero();
        store.opened().recover();
        assertThat(store.store().quotas().usageByPrefix()).isEqualTo(Map.of("p/", nodes(1, 1)));
        refused(Errno.EDQUOT, () -> store.streams().open(byAnn("p/b")));
    }

    @Test
    void aNodeWhosePageIsDamagedOwnsNothingNowAndBehindARestart() {
        store.streams().save(byAnn("a"), bytes(1, 4096));
        store.streams().save(byAnn("b"), bytes(1, 4096));
        long pfn = await(store.store().stat("a")).pfn();
        Damage.zero(store.file(), pfn);
        assertThat(await(store.store().list(new ListRequest("", 0, 0, 10))).nodes()).hasSize(2);
        assertThat(used()).isEqualTo(nodes(1, 1));
        store.damaged();
        store = store.killAndRestart().damaged();
        assertThat(used()).isEqualTo(nodes(1, 1));
        await(store.store().removeQuarantined(pfn));
        assertThat(used()).isEqualTo(nodes(1, 1));
    }

    @Test
    void aNodeWhoseChainIsDamagedCountsUntilItIsRemoved() {
        store.streams().save(byAnn("a"), bytes(1, 100 * 4096));
        NodeInfo info = await(store.store().stat("a"));
        long link =
                Long.reverseBytes(
                        java.nio.ByteBuffer.wrap(Damage.frame(store.file(), info.pfn()))
                                .getLong(24));
        Damage.zero(store.file(), link);
        refused(Errno.EIO, () -> store.streams().peek("a"));
        assertThat(store.info("nodes.quarantined")).isEqualTo(1);
        assertThat(used()).isEqualTo(nodes(100, 1));
        store.damaged();
        store = store.killAndRestart().damaged();
        assertThat(store.info("nodes.quarantined")).isEqualTo(1);
        assertThat(used()).isEqualTo(nodes(100, 1));
        await(store.store().removeQuarantined(info.pfn()));
        assertThat(used()).isEqualTo(Usage.NOTHING);
    }

    @Test
    void theReserveIsForAdministrators() {
        long reserved = 2 << 20;
        store.store().quotas().rules(new QuotaRules(Map.of(), Map.of(), reserved));
        long free = store.info("frames.free") * PAGE;
        refused(Errno.EDQUOT, () -> store.streams().open(declaring("z", free - (1 << 20), ANN)));
        SaveStream stream = store.streams().open(byAnn("a"));
        String why =
                refused(
                                Errno.EDQUOT,
                                () -> {
                                    store.streams().append(stream, bytes(1, (int) free));
                                    await(stream.finish(free));
                                })
                        .getMessage();
        assertThat(why).startsWith("over the quota: whose=reserve what=bytes limit=");
        stream.discard();
        fill("b", ANN, Errno.EDQUOT);
        Saver admin = new Saver("root", true);
        store.streams().save(request("c", NodeType.BYTE).by(admin), bytes(1, 1 << 20));
        fill("d", admin, Errno.ENOMEM);
        store.store().removeAll("").join();
    }

    private static SaveRequest declaring(String name, long bytes, Saver saver) {
        return new SaveRequest(
                name,
                NodeType.BYTE,
                false,
                SaveKey.NONE,
                bytes,
                Map.of(),
                -1,
                1,
                Optional.<Durability>empty(),
                saver,
                0,
                Optional.empty());
    }

    /** Saves small nodes until one is refused. */
    private void fill(String prefix, Saver saver, Errno expected) {
        refused(
                expected,
                () -> {
                    for (int i = 0; i < 3000; i++) {
                        SaveRequest request = request(prefix + i, NodeType.BYTE).by(saver);
                        store.streams().save(request, new byte[4096 * 8]);
                    }
                });
    }

    @Test
    void listsAndRemovesOnlyWhatMayBeSeenAndRemoved() {
        for (int i = 0; i < 50; i++) {
            store.streams().save((i % 10 == 0 ? "mine/" : "yours/") + i, new byte[1]);
        }
        ListRequest first =
                new ListRequest("", 0, 0, 3, name -> name.startsWith("mine/"), name -> false);
        NodeList part = await(store.store().list(first));
        assertThat(part.nodes())
                .extracting(NodeInfo::name)
                .containsExactly("mine/0", "mine/10", "mine/20");
        assertThat(part.more()).isTrue();
        NodeInfo last = part.nodes().getLast();
        NodeList rest =
                await(
                        store.store()
                                .list(
                                        new ListRequest(
                                                "",
                                                last.sequence(),
                                                last.pfn(),
                                                3,
                                                first.isVisible(),
                                                first.showsQuarantined())));
        assertThat(rest.nodes()).extracting(NodeInfo::name).containsExactly("mine/30", "mine/40");
        assertThat(rest.more()).isFalse();
        assertThat(await(store.store().removeAll("", name -> name.startsWith("mine/"))))
                .isEqualTo(5);
        assertThat(store.info("nodes.ready")).isEqualTo(45);
    }

    @Test
    void quarantinedNodesAreShownByTheNameThatIsKnownOfThem() {
        store.streams().save("a", bytes(1, 100 * 4096));
        NodeInfo info = await(store.store().stat("a"));
        assertThat(store.store().quarantinedName(info.pfn())).isEmpty();
        Damage.flip(store.file(), info.pfn(), 2000);
        store.damaged();
        refused(Errno.EIO, store.store().stat("a"));
        assertThat(store.store().quarantinedName(info.pfn())).contains("a");
        for (boolean shows : List.of(true, false)) {
            NodeList list =
                    await(
                            store.store()
                                    .list(
                                            new ListRequest(
                                                    "", 0, 0, 3, name -> true, name -> shows)));
            assertThat(list.nodes()).hasSize(shows ? 1 : 0);
        }
    }

    @Test
    void anOutcomeQuestionLeavesTheOpenSavesOfOthersAlone() {
        SaveKey key = new SaveKey(7, 7);
        SaveStream stream =
                store.streams()
                        .open(io.pramd.daemon.fixture.StreamDriver.withKey("a", key).by(ANN));
        refused(Errno.EACCES, store.store().outcome(key, 1, new Asker("bob", "bob"::equals)));
        await(stream.finish(0));
        assertThat(await(store.store().outcome(key, 1, new Asker("bob", name -> false))).outcome())
                .isEqualTo(Outcome.DONE);
        SaveKey other = new SaveKey(8, 8);
        SaveStream fenced =
                store.streams()
                        .open(io.pramd.daemon.fixture.StreamDriver.withKey("b", other).by(ANN));
        assertThat(
                        await(store.store().outcome(other, 1, new Asker("ann", "ann"::equals)))
                                .outcome())
                .isEqualTo(Outcome.NOT_DONE);
        refused(Errno.ESTALE, fenced.finish(0));
        assertThat(used()).isEqualTo(nodes(0, 1));
    }

    @Test
    void aLedgerThatDisagreesIsFoundByTheCheck() {
        store.streams().save(byAnn("a"), bytes(1, 4096));
        long ticket = store.store().quotas().charge("ann", "x", 1);
        assertThat(store.opened().audit())
                .containsExactly(
                        "LEDGER owner ann: expected bytes=4096 nodes=1, found bytes=8192 nodes=2");
        store.store().quotas().giveBack(ticket);
    }
}
