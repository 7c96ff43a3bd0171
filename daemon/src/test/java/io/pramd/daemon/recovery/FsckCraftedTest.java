package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.CraftedFile.offset;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages that were rewritten and sealed again, so that every checksum holds: what they say is
 * checked.
 */
class FsckCraftedTest {
    @TempDir Path folder;
    private ThreeNodes nodes;
    private CraftedFile crafted;

    @BeforeEach
    void saveThreeNodes() {
        nodes = new ThreeNodes(folder);
        crafted = nodes.crafted();
    }

    @AfterEach
    void close() throws IOException {
        nodes.close();
    }

    @Test
    void namesASlotWhoseSequenceWasNotReserved() {
        rewriteNewestSlots("sequence", crafted.sequenceLimit());

        nodes.assertFinds(Kind.ROOT);
    }

    private void rewriteNewestSlots(String field, long value) {
        for (var pfns : List.of(FileLayout.CURRENT_SLOT_PFNS, FileLayout.FORCED_SLOT_PFNS)) {
            long pfn = crafted.newestSlot(pfns);
            var page = crafted.read(pfn);
            page.putLong(offset(RootSlotLayout.FIELDS, field), value);
            crafted.fixed(pfn, page);
        }
    }

    @Test
    void namesARootThatCountsOtherNodesThanItsTreeHas() {
        rewriteNewestSlots("node_count", 4);

        nodes.assertFinds(Kind.ROOT);
    }

    @Test
    void namesADirectoryPageThatCountsItsEntriesWrong() {
        crafted.leaf(page -> DirectoryLayout.inUse(page, 7));

        nodes.assertFinds(Kind.DIRECTORY_PAGE);
    }

    @Test
    void namesAnEntryThatIsNeitherInUseNorZero() {
        crafted.leaf(page -> DirectoryLayout.leafEntry(page, 100, 5, 0, 0));

        nodes.assertFinds(Kind.DIRECTORY_PAGE);
    }

    @Test
    void namesANodeOutsideTheFileOrOnAFixedFrame() {
        for (long pfn : new long[] {1, 513, FileLayout.FRAMES_MIN, Long.MAX_VALUE, -1}) {
            crafted.leaf(page -> DirectoryLayout.leafEntry(page, 1, 5, 6, pfn));

            nodes.assertFinds(Kind.NODE_PAGE);
        }
    }

    @Test
    void namesATagThatIsNotItsNames() {
        crafted.leaf(
                page ->
                        DirectoryLayout.leafEntry(
                                page,
                                0,
                                99,
                                DirectoryLayout.leafCsum(page, 0),
                                DirectoryLayout.leafPfn(page, 0)));

        nodes.assertFinds(Kind.NODE_PAGE);
    }

    @Test
    void namesANodeThatSaysWhatNoDaemonWrites() {
        namesANodeWith("data_len", -5);
        namesANodeWith("data_len", 4096);
        namesANodeWith("page_count", -1);
        namesANodeWith("page_count", 1L << 60);
        namesANodeWith("link_pfn", 16);
        namesANodeWith("flags", 1L << 32 | 2);
    }

    private void namesANodeWith(String field, long value) {
        int at = offset(NodeLayout.FIELDS, field);
        long before = crafted.read(crafted.nodePfn(ThreeNodes.C)).getLong(at);
        crafted.node(ThreeNodes.C, page -> page.putLong(at, value));
        nodes.assertFinds(Kind.NODE_PAGE);
        crafted.node(ThreeNodes.C, page -> page.putLong(at, before));
        nodes.assertClean();
    }

    @Test
    void refusesATreeThatLeadsOutOfTheFile() {
        putAboveTheLeaf(page -> DirectoryLayout.innerEntry(page, 254, 5, 1L << 47, 3));

        assertNoRoot();
    }

    @Test
    void refusesATreeWithLargerSlotsThanFrames() {
        ByteBuffer leaf = crafted.read(crafted.leafPfns().getFirst());
        crafted.write(900, leaf);
        crafted.write(901, leaf);
        int csum = MetadataPage.csum(leaf);
        putAboveTheLeaf(page -> DirectoryLayout.innerEntry(page, 254, csum, 900, 901));

        assertNoRoot();
    }

    private void putAboveTheLeaf(Consumer<ByteBuffer> entries) {
        crafted.leaf(
                page -> {
                    DirectoryLayout.begin(page, 1);
                    DirectoryLayout.inUse(page, 1);
                    entries.accept(page);
                });
        for (var slots : List.of(FileLayout.CURRENT_SLOT_PFNS, FileLayout.FORCED_SLOT_PFNS)) {
            long pfn = crafted.newestSlot(slots);
            ByteBuffer page = crafted.read(pfn);
            page.putInt(offset(RootSlotLayout.FIELDS, "root_level"), 1);
            crafted.fixed(pfn, page);
        }
    }

    private void assertNoRoot() {
        nodes.assertFinds(Kind.ROOT, Kind.DIRECTORY_PAGE);
        assertThatThrownBy(() -> StoreFixture.open(nodes.file(), How.ON_CALLER))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
    }

    @Test
    void namesTwoNodesOfOneName() {
        crafted.node(1, page -> page.put(offset(NodeLayout.FIELDS, "name"), (byte) 'a'));

        nodes.assertFinds(Kind.NAME);
    }

    @Test
    void namesANodeWhoseSequenceWasNotReserved() {
        crafted.node(
                ThreeNodes.C,
                page ->
                        page.putLong(
                                offset(NodeLayout.FIELDS, "sequence"), crafted.sequenceLimit()));

        nodes.assertFinds(Kind.SEQUENCE);
    }

    @Test
    void namesTwoNodesOfOneSequence() {
        long sequence = NodeLayout.sequence(crafted.read(crafted.nodePfn(1)));
        crafted.node(
                ThreeNodes.C,
                page -> page.putLong(offset(NodeLayout.FIELDS, "sequence"), sequence));

        // its stream cannot be younger than itself either
        nodes.assertFinds(Kind.SEQUENCE);
    }

    @Test
    void namesAChainThatGoesOnBehindItsPages() {
        crafted.firstLink(1, link -> LinkLayout.linkPfn(link, crafted.linkPfn(0)));

        nodes.assertFinds(Kind.LINK);
    }

    @Test
    void namesAnEntryInUseBehindTheEnd() {
        crafted.firstLink(1, link -> LinkLayout.entry(link, 200, 1, 0, 0));

        nodes.assertFinds(Kind.LINK);
    }

    @Test
    void namesAnEntryOutsideTheFile() {
        assertFindsEntry(Kind.LINK, FileLayout.FRAMES_MIN);
    }

    @Test
    void namesAnEntryAtFrameZeroInTheMiddle() {
        assertFindsEntry(Kind.LINK, 0);
    }

    @Test
    void namesAnEntryThatPointsAtItsOwnLink() {
        assertFindsEntry(Kind.ROLE, crafted.linkPfn(1));
    }

    @Test
    void namesAnEntryThatPointsAtADirectoryPage() {
        assertFindsEntry(Kind.ROLE, crafted.leafPfns().getFirst());
    }

    private void assertFindsEntry(Kind kind, long pfn) {
        int csum = pfn > 0 && pfn < FileLayout.FRAMES_MIN ? crafted.crc(pfn) : 0;
        crafted.firstLink(1, link -> LinkLayout.entry(link, 0, 0, csum, pfn));

        nodes.assertFinds(kind);
    }

    @Test
    void allowsAPageThatIsSavedTwice() {
        long shared = LinkLayout.entryPfn(crafted.read(crafted.linkPfn(0)), 7);
        crafted.firstLink(1, link -> LinkLayout.entry(link, 0, 3, crafted.crc(shared), shared));

        nodes.assertClean();
    }

    @Test
    void allowsAChainThatTwoNodesShare() {
        Consumer<ByteBuffer> asClone =
                page -> {
                    var other = crafted.read(crafted.nodePfn(0));
                    for (String field :
                            List.of("data_len", "link_pfn", "stream_sequence", "page_count")) {
                        int at = offset(NodeLayout.FIELDS, field);
                        page.putLong(at, other.getLong(at));
                    }
                };
        crafted.node(ThreeNodes.C, asClone);

        FsckReport report = nodes.check();

        assertThat(report.isClean()).as(report.toString()).isTrue();
        assertThat(report.counts().link()).isEqualTo(3);
    }

    @Test
    void namesAByteStreamWithBytesBehindItsLength() {
        long last = LinkLayout.entryPfn(crafted.read(crafted.linkPfn(1)), 1);
        crafted.flip(last, 4095);
        crafted.firstLink(1, link -> LinkLayout.entry(link, 1, 0, crafted.crc(last), last));

        nodes.assertFinds(Kind.DATA_PAGE);
    }

    @Test
    void finishesWithATreeThatLeadsBackToItself() {
        List<Long> top = crafted.leafPfns();
        putAboveTheLeaf(
                page -> DirectoryLayout.innerEntry(page, 0, 5, top.getFirst(), top.getLast()));

        assertNoRoot();
    }
}
