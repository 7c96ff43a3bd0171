package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.FrameCensus;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.recovery.NodeLook.PageRange;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The map of a store of which something does not verify, or that others have written. */
class FrameMapDamageTest {
    private static final int PAGES = 600;
    private static final long FRAMES = 1 + 3 + PAGES;
    private static final PageRange ALL = new PageRange(0, 1024);

    @TempDir Path folder;
    private Path file;
    private BitSet links;
    private BitSet data;
    private long nodePfn;

    @BeforeEach
    void save() {
        file = folder.resolve("m");
        StoreFixture fixture = StoreFixture.format(file);
        fixture.streams().save("bad", bytes(2, PAGES * PAGE));
        FrameCensus census = fixture.census();
        links = census.linkFrames();
        data = census.dataFrames();
        nodePfn = await(fixture.store().stat("bad")).pfn();
        fixture.streams().save("after", bytes(3, 5 * PAGE));
        fixture.kill();
    }

    private StoreFixture open() {
        return StoreFixture.open(file, How.THREADED).damaged();
    }

    private static void requireAddsUp(StoreFixture fixture, MappedStore map) {
        Map<FrameState, Long> counts = map.counts();
        assertThat(counts.get(FrameState.FREE)).isEqualTo(fixture.info("frames.free"));
        assertThat(counts.get(FrameState.SAVING)).isZero();
        assertThat(counts.get(FrameState.PINNED)).isZero();
        assertThat(counts.get(FrameState.BANNED)).isEqualTo(32);
        assertThat(counts.get(FrameState.DATA)).isEqualTo(5);
    }

    private static NodeRow quarantinedRow(MappedStore map) {
        return map.nodes().stream()
                .filter(row -> row.state().equals("quarantined"))
                .findFirst()
                .orElseThrow();
    }

    private void requireRemovable(StoreFixture fixture, MappedStore map) {
        await(fixture.store().removeQuarantined(nodePfn));
        await(fixture.store().force());
        fixture.requireEveryFrameAccountedFor();
        map.requireAtRest();
        assertThat(map.nodes()).extracting(NodeRow::name).containsExactly("after");
    }

    @Test
    void aDamagedLinkFoundByTheWalkCostsItsPages() {
        int lost = links.stream().skip(1).findFirst().orElseThrow();
        Damage.flip(file, lost, 200);
        try (StoreFixture fixture = open();
                MappedStore map = new MappedStore(fixture)) {
            requireAddsUp(fixture, map);
            long kept = map.count(FrameState.QUARANTINED);
            assertThat(kept).isLessThan(FRAMES);
            NodeRow row = quarantinedRow(map);
            assertThat(row.name()).isEqualTo("bad");
            assertThat(row.frames()).isEqualTo(kept);
            assertThat(row.reason()).contains("link does not verify");
            NodeDetail detail = map.map().nodes().quarantined(nodePfn, ALL);
            assertThat(detail.badPages().size() + detail.pages().size()).isEqualTo(PAGES);
            assertThat(detail.pages()).hasSize((int) kept - 3);
            assertThat(map.state(data.nextSetBit(0))).isIn(FrameState.QUARANTINED, FrameState.FREE);
            requireRemovable(fixture, map);
        }
    }

    @Test
    void aDamagedNodePageFoundByTheWalkKeepsItsStream() {
        Damage.flip(file, nodePfn, 1000);
        try (StoreFixture fixture = open();
                MappedStore map = new MappedStore(fixture)) {
            requireAddsUp(fixture, map);
            assertThat(map.count(FrameState.QUARANTINED)).isEqualTo(FRAMES);
            NodeRow row = quarantinedRow(map);
            assertThat(row.type()).isEmpty();
            assertThat(row.frames()).isEqualTo(FRAMES);
            NodeDetail detail = map.map().nodes().quarantined(nodePfn, ALL);
            assertThat(detail.pages()).hasSize(PAGES);
            assertThat(detail.badPages()).isEmpty();
            assertThat(map.ask(look -> look.frame(nodePfn)).role()).isEqualTo("node");
            requireRemovable(fixture, map);
        }
    }

    @Test
    void aNodePageThatGoesBadLaterKeepsItsStream() {
        try (StoreFixture fixture = open();
                MappedStore map = new MappedStore(fixture)) {
            map.requireAtRest();
            Damage.flip(file, nodePfn, 1000);
            refused(Errno.EIO, () -> await(fixture.store().stat("bad")));
            requireAddsUp(fixture, map);
            assertThat(map.count(FrameState.QUARANTINED)).isEqualTo(FRAMES);
            requireRemovable(fixture, map);
        }
    }

    @Test
    void aLinkThatGoesBadLaterLeavesNoFrameUnaccountedFor() {
        try (StoreFixture fixture = open();
                MappedStore map = new MappedStore(fixture)) {
            Damage.flip(file, links.nextSetBit(0), 200);
            LoadStream peek = fixture.streams().openLoad("bad", true);
            refused(Errno.EIO, () -> fixture.streams().readAll(peek));
            peek.abort();
            requireAddsUp(fixture, map);
            assertThat(map.count(FrameState.QUARANTINED)).isEqualTo(FRAMES);
        }
    }

    @Test
    void aNodePageThatIsLostLeavesItsFramesQuarantined() {
        try (StoreFixture fixture = open();
                MappedStore map = new MappedStore(fixture)) {
            Damage.zero(file, nodePfn);
            refused(Errno.EIO, () -> await(fixture.store().stat("bad")));
            requireAddsUp(fixture, map);
            assertThat(map.count(FrameState.QUARANTINED)).isEqualTo(FRAMES);
            assertThat(map.state(data.nextSetBit(0))).isEqualTo(FrameState.QUARANTINED);
        }
    }

    @Test
    void aBadDataPageIsNamed() {
        int page = data.nextSetBit(0);
        Damage.flip(file, page, 77);
        try (StoreFixture fixture = open();
                MappedStore map = new MappedStore(fixture)) {
            map.requireAtRest();
            LoadStream load = fixture.streams().openLoad("bad", false);
            for (int index = 0; index < PAGES; index++) {
                await(load.report(index));
            }
            load.abort();
            requireAddsUp(fixture, map);
            FrameSeen seen = map.ask(look -> look.frame(page));
            assertThat(seen.state()).isEqualTo(FrameState.QUARANTINED);
            assertThat(seen.role()).isEqualTo("data");
            assertThat(map.map().nodes().quarantined(nodePfn, ALL).badPages())
                    .containsExactly(seen.page().orElseThrow());
            requireRemovable(fixture, map);
        }
    }

    @Test
    void aDirectoryThatCannotBeReadFailsTheAnswerAndHoldsNothing() {
        try (StoreFixture fixture = open();
                MappedStore map = new MappedStore(fixture)) {
            map.requireAtRest();
            fixture.streams().save("new", bytes(4, PAGE)); // a root that was not surveyed yet
            BitSet directory = fixture.census().directoryFrames();
            directory.stream().forEach(pfn -> Damage.flip(file, pfn, 100));
            assertThatThrownBy(map::counts)
                    .hasCauseInstanceOf(StoreException.class)
                    .hasMessageContaining("no copy verifies");
            directory.stream().forEach(pfn -> Damage.flip(file, pfn, 100));

            await(fixture.store().removeAll(""));
            await(fixture.store().force());
            fixture.requireHeldAtMost(0);
            map.requireAtRest();
        }
    }

    @Test
    void aPageOfTwoNodesAndAChainOfTwoAreCountedOnce() throws Exception {
        Path crafted = folder.resolve("crafted");
        StoreFixture made =
                StoreFixture.formatWithLinks(crafted, StoreFixture.SMALL_BYTES, How.THREADED);
        made.streams().save("a", bytes(1, 20 * PAGE));
        made.streams().save("b", bytes(2, 20 * PAGE));
        made.streams().save("c", bytes(3, 20 * PAGE));
        made.close();
        long shared;
        try (CraftedFile change = new CraftedFile(crafted)) {
            long pfn = LinkLayout.entryPfn(change.read(change.linkPfn(0)), 7);
            change.firstLink(1, link -> LinkLayout.entry(link, 0, 3, change.crc(pfn), pfn));
            long first = change.linkPfn(0);
            long stream = NodeLayout.streamSequence(change.read(change.nodePfn(0)));
            change.node(
                    2,
                    page -> {
                        page.putLong(CraftedFile.offset(NodeLayout.FIELDS, "link_pfn"), first);
                        page.putLong(
                                CraftedFile.offset(NodeLayout.FIELDS, "stream_sequence"), stream);
                    });
            shared = pfn;
        }
        try (StoreFixture fixture = StoreFixture.open(crafted, How.THREADED);
                MappedStore map = new MappedStore(fixture)) {
            map.requireAtRest();
            assertThat(map.count(FrameState.DATA)).isEqualTo(20 + 19);
            FrameSeen seen = map.ask(look -> look.frame(shared));
            assertThat(seen.references()).isEqualTo(2);
            assertThat(seen.page()).hasValue(7);
            assertThat(map.nodes()).extracting(NodeRow::frames).containsOnly(22L);
            await(fixture.store().remove("a", 0));
            await(fixture.store().force());
            map.requireAtRest();
        }
    }
}
