package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.FrameCensus;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.node.BadPage;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.SaveStream;
import io.pramd.daemon.node.State;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuarantineTest {
    private static final ListRequest ALL = new ListRequest("", 0, 0, 1000);
    private static final int PAGES = 600;

    @TempDir Path folder;
    private Path file;
    private BitSet links;
    private BitSet data;
    private long nodePfn;

    @BeforeEach
    void saveThreeNodes() {
        file = folder.resolve("m");
        StoreFixture fixture = StoreFixture.format(file);
        fixture.streams().save("before", bytes(1, 50_000));
        FrameCensus without = fixture.census();
        fixture.streams().save("bad", bytes(2, PAGES * PAGE));
        FrameCensus with = fixture.census();
        links = with.linkFrames();
        links.andNot(without.linkFrames());
        data = with.dataFrames();
        data.andNot(without.dataFrames());
        nodePfn = await(fixture.store().stat("bad")).pfn();
        fixture.streams().save("after", bytes(3, 50_000));
        fixture.kill();
    }

    private StoreFixture open() {
        return StoreFixture.open(file, How.THREADED).damaged();
    }

    private static void requireOthers(StoreFixture fixture) {
        assertThat(fixture.streams().peek("before")).isEqualTo(bytes(1, 50_000));
        assertThat(fixture.streams().peek("after")).isEqualTo(bytes(3, 50_000));
    }

    private void requireQuarantined(StoreFixture fixture, String reason) {
        assertThat(fixture.info("nodes.quarantined")).isEqualTo(1);
        assertThat(fixture.info("nodes.ready")).isEqualTo(2);
        NodeInfo node = await(fixture.store().statQuarantined(nodePfn));
        assertThat(node.state()).isEqualTo(State.QUARANTINED);
        assertThat(node.reason()).contains(reason);
        assertThat(node.pfn()).isEqualTo(nodePfn);
        List<NodeInfo> listed =
                await(fixture.store().list(ALL)).nodes().stream()
                        .filter(found -> found.state() == State.QUARANTINED)
                        .toList();
        assertThat(listed).containsExactly(node);
        refused(Errno.ENOENT, fixture.store().stat("bad"));
        refused(Errno.ENOENT, () -> fixture.streams().openLoad("bad", true));
        requireOthers(fixture);
    }

    /** Its name is free; both are there until the damaged one is removed, also after a kill. */
    private void requireNameIsFreeAndNodeRemovable(StoreFixture opened, String reason) {
        opened.streams().save("bad", bytes(9, 1000));
        try (StoreFixture fixture = opened.killAndRestart().damaged()) {
            assertThat(fixture.streams().peek("bad")).isEqualTo(bytes(9, 1000));
            assertThat(fixture.info("nodes.quarantined")).isEqualTo(1);
            assertThat(await(fixture.store().statQuarantined(nodePfn)).reason()).contains(reason);
            await(fixture.store().removeQuarantined(nodePfn));
            refused(Errno.ENOENT, fixture.store().statQuarantined(nodePfn));
            refused(Errno.ENOENT, fixture.store().removeQuarantined(nodePfn));
            assertThat(fixture.info("nodes.quarantined")).isZero();
            assertThat(fixture.info("frames.held")).isNotNegative();
            assertThat(fixture.streams().peek("bad")).isEqualTo(bytes(9, 1000));
            requireOthers(fixture);
            fixture.kill();
        }
        try (StoreFixture last = StoreFixture.open(file, How.THREADED)) {
            assertThat(last.info("nodes.quarantined")).isZero();
            assertThat(last.info("nodes.ready")).isEqualTo(3);
            assertThat(last.streams().peek("bad")).isEqualTo(bytes(9, 1000));
            last.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void takesTheNameOfADamagedNodePage() {
        for (int offset : new int[] {0, 4, 8, 16, 40, 300, 1000, 4095}) {
            Damage.flip(file, nodePfn, offset);
            StoreFixture fixture = open();
            requireQuarantined(fixture, "node page does not verify");
            fixture.kill();
            Damage.flip(file, nodePfn, offset);
        }
        Damage.flip(file, nodePfn, 40);
        requireNameIsFreeAndNodeRemovable(open(), "node page does not verify");
    }

    @Test
    void tellsTheFirstWhoAsksForANodeThatHasGoneBad() {
        try (StoreFixture fixture = open()) {
            Damage.flip(file, nodePfn, 40);
            refused(Errno.EIO, () -> await(fixture.store().stat("bad")));
            requireQuarantined(fixture, "node page does not verify");
        }
    }

    @Test
    void findsADamagedLinkAtTheWalk() {
        for (int link = links.nextSetBit(0); link >= 0; link = links.nextSetBit(link + 1)) {
            Damage.flip(file, link, 200);
            StoreFixture fixture = open();
            requireQuarantined(fixture, "link does not verify");
            assertThat(await(fixture.store().statQuarantined(nodePfn)).name()).isEqualTo("bad");
            fixture.kill();
            Damage.flip(file, link, 200);
        }
        Damage.flip(file, links.nextSetBit(0), 200);
        // of two nodes with one name the older is quarantined before links are read
        requireNameIsFreeAndNodeRemovable(open(), "a newer node has this name");
    }

    @Test
    void findsADamagedLinkAtALoadBeforeTheWalk() {
        Damage.flip(file, links.length() - 1, 200);
        try (StoreFixture fixture = StoreFixture.openWithoutWalk(file, How.THREADED).damaged()) {
            LoadStream peek = fixture.streams().openLoad("bad", true);
            refused(Errno.EIO, () -> fixture.streams().readAll(peek));
            peek.abort();
            refused(Errno.ENOENT, () -> fixture.streams().openLoad("bad", true));
            fixture.opened().recover();
            requireQuarantined(fixture, "link does not verify");
        }
    }

    @Test
    void agreesToAReportedPageThatIsBadHereToo() {
        int page = data.nextSetBit(0);
        Damage.flip(file, page, 77);
        try (StoreFixture fixture = open()) {
            // data pages are not read by the walk
            assertThat(fixture.info("nodes.quarantined")).isZero();
            LoadStream load = fixture.streams().openLoad("bad", false);
            long bad = -1;
            for (int index = 0; index < PAGES; index++) {
                BadPage verdict = await(load.report(index));
                if (verdict.agreed()) {
                    assertThat(bad).isEqualTo(-1);
                    assertThat(verdict.storedCsum()).isNotEqualTo(verdict.actualCsum());
                    bad = index;
                }
            }
            assertThat(bad).isNotEqualTo(-1);
            refused(Errno.EIO, load.finish(load.info().sequence()));
            load.abort();
            requireQuarantined(fixture, "data page does not verify: page=" + bad);
            fixture.streams().save("bad", bytes(9, 1000));
            await(fixture.store().removeQuarantined(nodePfn));
            assertThat(fixture.streams().peek("bad")).isEqualTo(bytes(9, 1000));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void keepsTheFramesOfARemovedDamagedNodeWhileTheyAreRead() {
        Damage.flip(file, data.nextSetBit(0), 77);
        try (StoreFixture fixture = open()) {
            LoadStream peek = fixture.streams().openLoad("bad", true);
            LoadStream load = fixture.streams().openLoad("bad", false);
            for (int index = 0; index < PAGES; index++) {
                await(load.report(index));
            }
            load.abort();
            await(fixture.store().removeQuarantined(nodePfn));
            assertThat(fixture.info("frames.held")).isGreaterThan(PAGES);
            peek.abort();
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void letsAReplacementTakeThePlaceOfANodeThatWasFoundDamagedMeanwhile() {
        Damage.flip(file, data.nextSetBit(0), 77);
        try (StoreFixture fixture = open()) {
            SaveStream replacement =
                    fixture.streams().open(StreamDriver.replacing("bad", NodeType.BYTE));
            LoadStream peek = fixture.streams().openLoad("bad", true);
            for (int index = 0; index < PAGES; index++) {
                await(peek.report(index));
            }
            peek.abort();
            refused(Errno.EBUSY, () -> fixture.streams().openLoad("bad", true));
            fixture.streams().append(replacement, bytes(8, 500));
            await(replacement.finish(500));
            assertThat(fixture.streams().peek("bad")).isEqualTo(bytes(8, 500));
            assertThat(fixture.info("nodes.quarantined")).isEqualTo(1);
            await(fixture.store().removeQuarantined(nodePfn));
            requireOthers(fixture);
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void removesADamagedNodeOnceHoweverOftenItIsAsked() {
        Damage.flip(file, links.nextSetBit(0), 200);
        try (StoreFixture fixture = open()) {
            var first = fixture.store().removeQuarantined(nodePfn);
            refused(Errno.ENOENT, fixture.store().removeQuarantined(nodePfn));
            await(first);
            fixture.streams().save("x", bytes(1, 10));
            assertThat(fixture.info("nodes.ready")).isEqualTo(3);
        }
    }

    @Test
    void survivesARemovalByNameOfANodeThatTurnsOutDamaged() {
        try (StoreFixture fixture = open()) {
            Damage.flip(file, nodePfn, 900);
            await(fixture.store().remove("bad", 0));
            refused(Errno.ENOENT, fixture.store().stat("bad"));
            requireOthers(fixture);
            fixture.streams().save("bad", bytes(1, 10));
            fixture.kill();
        }
        try (StoreFixture next = StoreFixture.open(file, How.THREADED)) {
            assertThat(next.info("nodes.ready")).isEqualTo(3);
            next.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void countsFramesRightWhenALinkIsFoundDamagedOnlyAtTheRemoval() {
        try (StoreFixture fixture = open()) {
            Damage.flip(file, links.length() - 1, 200);
            await(fixture.store().remove("bad", 0));
            await(fixture.store().force());
            fixture.requireHeldAtMost(10);
            assertThat(fixture.info("frames.held")).isNotNegative();
            fixture.kill();
        }
        // what stayed unused until then is free
        try (StoreFixture next = StoreFixture.open(file, How.THREADED)) {
            next.requireEveryFrameAccountedFor();
        }
    }
}
