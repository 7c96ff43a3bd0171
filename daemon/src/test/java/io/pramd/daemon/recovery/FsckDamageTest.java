package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.CraftedFile.offset;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.SequenceRecordLayout;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged bytes of every structure, each with its kind of problem. */
class FsckDamageTest {
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
    void namesACopyOfTheSuperBlockThatDoesNotVerify() {
        crafted.flip(512, 40);

        nodes.assertFinds(Kind.SUPER_BLOCK);
    }

    @Test
    void callsAFileWithoutAWholeSuperBlockDamaged() {
        crafted.flip(0, 40);
        crafted.flip(512, 40);

        nodes.assertFinds(Kind.SUPER_BLOCK);
    }

    @Test
    void refusesAFileWithoutASuperBlock() {
        crafted.flip(0, 0);
        crafted.flip(512, 0);

        assertThatThrownBy(nodes::check)
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

        assertThatThrownBy(nodes::check).hasMessageContaining("format version 7");
    }

    private void sealSuperBlock(long pfn, ByteBuffer page) {
        MetadataPage.csum(page, new PageChecksum().ofSuperBlock(page));
        crafted.write(pfn, page);
    }

    @Test
    void namesAFileThatWasCutShort() {
        crafted.truncate(FileLayout.fileOffset(FileLayout.FRAMES_MIN - 1));

        nodes.assertFinds(Kind.FILE_SIZE);
    }

    @Test
    void survivesAFileThatWasCutToOneFrame() {
        crafted.truncate(FileLayout.FRAME_BYTES);

        FsckReport report = nodes.check();

        assertThat(report.isClean()).isFalse();
        assertThat(report.root()).isEmpty();
    }

    @Test
    void notesASecondCopyThatAKillLeftTorn() {
        long newest = crafted.newestSlot(FileLayout.CURRENT_SLOT_PFNS);
        crafted.flip(
                newest + FileLayout.SECOND_COPY_DISTANCE,
                offset(RootSlotLayout.FIELDS, "sequence"));

        FsckReport report = nodes.check();

        assertThat(report.isClean()).as(report.toString()).isTrue();
        assertThat(report.notes()).hasSize(1);
    }

    @Test
    void namesTheFirstCopyOfTheNewestSlotThatNoKillLeavesTorn() {
        crafted.flip(
                crafted.newestSlot(FileLayout.FORCED_SLOT_PFNS),
                offset(RootSlotLayout.FIELDS, "sequence"));

        nodes.assertFinds(Kind.FIXED_FRAME);
    }

    @Test
    void namesASlotOfWhichNoCopyIsLeft() {
        for (List<Long> pfns : List.of(FileLayout.CURRENT_SLOT_PFNS, FileLayout.FORCED_SLOT_PFNS)) {
            long newest = crafted.newestSlot(pfns);
            long other = pfns.getFirst() + pfns.getLast() - newest;
            int at = offset(RootSlotLayout.FIELDS, "sequence");
            crafted.flip(other, at);
            crafted.flip(other + FileLayout.SECOND_COPY_DISTANCE, at);

            nodes.assertFinds(Kind.FIXED_FRAME);

            crafted.flip(other, at);
            crafted.flip(other + FileLayout.SECOND_COPY_DISTANCE, at);
        }
        nodes.assertClean();
    }

    @Test
    void namesACopyWithBytesThatNoWriteLeaves() {
        crafted.flip(6 + FileLayout.SECOND_COPY_DISTANCE, 4000);

        nodes.assertFinds(Kind.FIXED_FRAME);
    }

    @Test
    void namesLostSequenceRecordsOnceAndNotEveryNode() {
        int at = offset(SequenceRecordLayout.FIELDS, "limit");
        for (long pfn : FileLayout.SEQUENCE_RECORD_PFNS) {
            crafted.flip(pfn, at);
            crafted.flip(pfn + FileLayout.SECOND_COPY_DISTANCE, at);
        }

        nodes.assertFinds(Kind.FIXED_FRAME);
        assertThat(nodes.check().problemCount()).isEqualTo(1);
    }

    @Test
    void namesAReservedFrameThatIsNotZero() {
        crafted.flip(9, 17);

        nodes.assertFinds(Kind.RESERVED_FRAME);
    }

    @Test
    void namesADirectoryPageOfWhichOneCopyIsBad() {
        crafted.flip(crafted.leafPfns().getLast(), 3000);

        nodes.assertFinds(Kind.DIRECTORY_PAGE);
        assertThat(nodes.check().counts().nodes()).isEqualTo(3);
    }

    @Test
    void namesTheRootWhoseTreeCannotBeRead() {
        crafted.leafPfns().forEach(pfn -> crafted.flip(pfn, 3000));

        nodes.assertFinds(Kind.ROOT, Kind.DIRECTORY_PAGE);
        assertThat(nodes.check().root()).isEmpty();
    }

    @Test
    void namesANodePageThatDoesNotVerify() {
        crafted.flip(crafted.nodePfn(0), 4095);

        nodes.assertFinds(Kind.NODE_PAGE);
        assertThat(nodes.check().counts().quarantined()).isEqualTo(1);
    }

    @Test
    void namesALinkThatDoesNotVerify() {
        crafted.flip(crafted.linkPfn(1), 100);

        nodes.assertFinds(Kind.LINK);
    }

    @Test
    void namesADataPageThatDoesNotMatchItsEntry() {
        long page = LinkLayout.entryPfn(crafted.read(crafted.linkPfn(0)), 254);
        crafted.flip(page, 1);

        nodes.assertFinds(Kind.DATA_PAGE);
        assertThat(nodes.check().problems().getFirst().text()).contains("name=a", "page=254");
    }
}
