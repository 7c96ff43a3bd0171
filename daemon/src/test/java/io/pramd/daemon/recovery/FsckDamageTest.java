package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.CraftedFile.offset;
import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of problem, by damage or by pages that were rewritten and sealed again. */
class FsckDamageTest {
    private static final int LAST_SLOT_OF_THREE = 2;

    @TempDir Path folder;
    private Path file;
    private CraftedFile crafted;

    @BeforeEach
    void saveThreeNodes() {
        file = folder.resolve("m");
        long smallest = FileLayout.fileOffset(FileLayout.FRAMES_MIN);
        try (StoreFixture store = StoreFixture.format(file, smallest, How.ON_CALLER)) {
            store.streams().save("a", StreamDriver.bytes(1, 256 * 4096));
            store.streams().save("b", StreamDriver.bytes(2, 5000));
            store.streams().save("c", new byte[0]);
        }
        crafted = new CraftedFile(file);
    }

    @AfterEach
    void close() throws IOException {
        crafted.close();
    }

    private FsckReport check() {
        return Fsck.check(file, BOOT);
    }

    private void assertFinds(Kind... kinds) {
        FsckReport report = check();
        Set<Kind> found =
                report.problems().stream().map(FsckProblem::kind).collect(Collectors.toSet());
        assertThat(found).as(report.toString()).containsExactlyInAnyOrder(kinds);
        assertThat(report.isClean()).isFalse();
    }

    @Test
    void namesACopyOfTheSuperBlockThatDoesNotVerify() {
        crafted.flip(512, 40);

        assertFinds(Kind.SUPER_BLOCK);
    }

    @Test
    void callsAFileWithoutAWholeSuperBlockDamaged() {
        crafted.flip(0, 40);
        crafted.flip(512, 40);

        assertFinds(Kind.SUPER_BLOCK);
    }

    @Test
    void refusesAFileWithoutASuperBlock() {
        crafted.flip(0, 0);
        crafted.flip(512, 0);

        assertThatThrownBy(this::check)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
                .hasMessageContaining("not a memory file");
    }

    @Test
    void refusesANewerFormatByTheNameOfItsVersion() {
        for (long pfn : new long[] {0, 512}) {
            var page = crafted.read(pfn);
            page.putInt(offset(SuperBlockLayout.FIELDS, "format_version"), 7);
            sealSuperBlock(pfn, page);
        }

        assertThatThrownBy(this::check).hasMessageContaining("format version 7");
    }

    private void sealSuperBlock(long pfn, ByteBuffer page) {
        MetadataPage.csum(page, new PageChecksum().ofSuperBlock(page));
        crafted.write(pfn, page);
    }

    @Test
    void namesAFileThatWasCutShort() {
        crafted.truncate(FileLayout.fileOffset(FileLayout.FRAMES_MIN - 1));

        assertFinds(Kind.FILE_SIZE);
    }

    @Test
    void survivesAFileThatWasCutToOneFrame() {
        crafted.truncate(FileLayout.FRAME_BYTES);

        FsckReport report = check();

        assertThat(report.isClean()).isFalse();
        assertThat(report.root()).isEmpty();
    }

    @Test
    void notesASecondCopyThatAKillLeftTorn() {
        long newest = crafted.newestSlot(FileLayout.CURRENT_SLOT_PFNS);
        crafted.flip(
                newest + FileLayout.SECOND_COPY_DISTANCE,
                offset(RootSlotLayout.FIELDS, "sequence"));

        FsckReport report = check();

        assertThat(report.isClean()).as(report.toString()).isTrue();
        assertThat(report.notes()).hasSize(1);
    }

    @Test
    void namesTheFirstCopyOfTheNewestSlotThatNoKillLeavesTorn() {
        crafted.flip(
                crafted.newestSlot(FileLayout.FORCED_SLOT_PFNS),
                offset(RootSlotLayout.FIELDS, "sequence"));

        assertFinds(Kind.FIXED_FRAME);
    }

    @Test
    void namesACopyWithBytesThatNoWriteLeaves() {
        crafted.flip(6 + FileLayout.SECOND_COPY_DISTANCE, 4000);

        assertFinds(Kind.FIXED_FRAME);
    }

    @Test
    void namesAReservedFrameThatIsNotZero() {
        crafted.flip(9, 17);

        assertFinds(Kind.RESERVED_FRAME);
    }

    @Test
    void namesASlotWhoseSequenceWasNotReserved() {
        rewriteNewestSlots("sequence", crafted.sequenceLimit());

        assertFinds(Kind.ROOT);
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

        assertFinds(Kind.ROOT);
    }

    @Test
    void namesADirectoryPageOfWhichOneCopyIsBad() {
        crafted.flip(crafted.leafPfns().getLast(), 3000);

        assertFinds(Kind.DIRECTORY_PAGE);
        assertThat(check().counts().nodes()).isEqualTo(3);
    }

    @Test
    void namesTheRootWhoseTreeCannotBeRead() {
        crafted.leafPfns().forEach(pfn -> crafted.flip(pfn, 3000));

        assertFinds(Kind.ROOT, Kind.DIRECTORY_PAGE);
        assertThat(check().root()).isEmpty();
    }

    @Test
    void namesADirectoryPageThatCountsItsEntriesWrong() {
        crafted.leaf(page -> DirectoryLayout.inUse(page, 7));

        assertFinds(Kind.DIRECTORY_PAGE);
    }

    @Test
    void namesAnEntryThatIsNeitherInUseNorZero() {
        crafted.leaf(page -> DirectoryLayout.leafEntry(page, 100, 5, 0, 0));

        assertFinds(Kind.DIRECTORY_PAGE);
    }

    @Test
    void namesANodePageThatDoesNotVerify() {
        crafted.flip(crafted.nodePfn(0), 4095);

        assertFinds(Kind.NODE_PAGE);
        assertThat(check().counts().quarantined()).isEqualTo(1);
    }

    @Test
    void namesANodeOutsideTheFileOrOnAFixedFrame() {
        for (long pfn : new long[] {1, 513, FileLayout.FRAMES_MIN, Long.MAX_VALUE, -1}) {
            crafted.leaf(page -> DirectoryLayout.leafEntry(page, 1, 5, 6, pfn));

            assertFinds(Kind.NODE_PAGE);
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

        assertFinds(Kind.NODE_PAGE);
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
        long before = crafted.read(crafted.nodePfn(LAST_SLOT_OF_THREE)).getLong(at);
        crafted.node(LAST_SLOT_OF_THREE, page -> page.putLong(at, value));
        assertFinds(Kind.NODE_PAGE);
        crafted.node(LAST_SLOT_OF_THREE, page -> page.putLong(at, before));
        assertThat(check().isClean()).as(check().toString()).isTrue();
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
        assertFinds(Kind.ROOT, Kind.DIRECTORY_PAGE);
        assertThatThrownBy(() -> StoreFixture.open(file, How.ON_CALLER))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
    }

    @Test
    void namesTwoNodesOfOneName() {
        crafted.node(1, page -> page.put(offset(NodeLayout.FIELDS, "name"), (byte) 'a'));

        assertFinds(Kind.NAME);
    }

    @Test
    void namesANodeWhoseSequenceWasNotReserved() {
        crafted.node(
                LAST_SLOT_OF_THREE,
                page ->
                        page.putLong(
                                offset(NodeLayout.FIELDS, "sequence"), crafted.sequenceLimit()));

        assertFinds(Kind.SEQUENCE);
    }

    @Test
    void namesTwoNodesOfOneSequence() {
        long sequence = NodeLayout.sequence(crafted.read(crafted.nodePfn(1)));
        crafted.node(
                LAST_SLOT_OF_THREE,
                page -> page.putLong(offset(NodeLayout.FIELDS, "sequence"), sequence));

        // its stream cannot be younger than itself either
        assertFinds(Kind.SEQUENCE);
    }

    @Test
    void namesALinkThatDoesNotVerify() {
        crafted.flip(crafted.linkPfn(1), 100);

        assertFinds(Kind.LINK);
    }

    @Test
    void namesAChainThatGoesOnBehindItsPages() {
        crafted.firstLink(1, link -> LinkLayout.linkPfn(link, crafted.linkPfn(0)));

        assertFinds(Kind.LINK);
    }

    @Test
    void namesAnEntryInUseBehindTheEnd() {
        crafted.firstLink(1, link -> LinkLayout.entry(link, 200, 1, 0, 0));

        assertFinds(Kind.LINK);
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

        assertFinds(kind);
    }

    @Test
    void allowsAPageThatIsSavedTwice() {
        long shared = LinkLayout.entryPfn(crafted.read(crafted.linkPfn(0)), 7);
        crafted.firstLink(1, link -> LinkLayout.entry(link, 0, 3, crafted.crc(shared), shared));

        assertThat(check().isClean()).as(check().toString()).isTrue();
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
        crafted.node(LAST_SLOT_OF_THREE, asClone);

        FsckReport report = check();

        assertThat(report.isClean()).as(report.toString()).isTrue();
        assertThat(report.counts().link()).isEqualTo(3);
    }

    @Test
    void namesADataPageThatDoesNotMatchItsEntry() {
        long page = LinkLayout.entryPfn(crafted.read(crafted.linkPfn(0)), 254);
        crafted.flip(page, 1);

        assertFinds(Kind.DATA_PAGE);
        assertThat(check().problems().getFirst().text()).contains("name=a", "page=254");
    }

    @Test
    void namesAByteStreamWithBytesBehindItsLength() {
        long last = LinkLayout.entryPfn(crafted.read(crafted.linkPfn(1)), 1);
        crafted.flip(last, 4095);
        crafted.firstLink(1, link -> LinkLayout.entry(link, 1, 0, crafted.crc(last), last));

        assertFinds(Kind.DATA_PAGE);
    }

    @Test
    void finishesWithATreeThatLeadsBackToItself() {
        List<Long> top = crafted.leafPfns();
        putAboveTheLeaf(
                page -> DirectoryLayout.innerEntry(page, 0, 5, top.getFirst(), top.getLast()));

        assertNoRoot();
    }
}
