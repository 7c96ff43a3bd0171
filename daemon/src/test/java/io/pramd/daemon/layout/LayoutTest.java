package io.pramd.daemon.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayoutTest {

    @Test
    void fieldsFollowEachOtherWithoutGapsAndFitThePage() {
        for (List<Field> fields :
                List.of(
                        SuperBlockLayout.FIELDS,
                        RootSlotLayout.FIELDS,
                        SequenceRecordLayout.FIELDS,
                        RunRecordLayout.FIELDS,
                        DirectoryLayout.FIELDS,
                        NodeLayout.FIELDS,
                        LinkLayout.FIELDS)) {
            assertThat(fields.getFirst().offset()).isZero();
            for (int i = 1; i < fields.size(); i++) {
                assertThat(fields.get(i).offset()).isEqualTo(fields.get(i - 1).end());
            }
            assertThat(fields.getLast().end()).isLessThanOrEqualTo(FileLayout.FRAME_BYTES);
        }
    }

    @Test
    void entriesFillLinksAndDirectoryPagesToTheLastByte() {
        assertThat(LinkLayout.FIELDS.getLast().end()).isEqualTo(FileLayout.FRAME_BYTES);
        assertThat(DirectoryLayout.FIELDS.getLast().end()).isEqualTo(FileLayout.FRAME_BYTES);
        assertThat(LinkLayout.ENTRY_FIELDS.getLast().end()).isEqualTo(16);
        assertThat(DirectoryLayout.LEAF_FIELDS.getLast().end()).isEqualTo(16);
        assertThat(DirectoryLayout.INNER_FIELDS.getLast().end()).isEqualTo(16);
    }

    @Test
    void everyStructureHasAMagicOfItsOwn() {
        assertThat(List.of(Magic.values()).stream().map(Magic::number)).doesNotHaveDuplicates();
        for (Magic magic : Magic.values()) {
            assertThat(Magic.of(magic.number())).contains(magic);
        }
        assertThat(Magic.of(0)).isEmpty();
    }

    @Test
    void innerEntriesKeepPfnsOf48BitsApart() {
        ByteBuffer page = MetadataPage.allocate();
        DirectoryLayout.begin(page, 1);
        long largest = FileLayout.FRAMES_MAX - 1;
        DirectoryLayout.innerEntry(page, 253, -1, largest, 1);
        DirectoryLayout.innerEntry(page, 254, 7, 1L << 47, largest);

        assertThat(DirectoryLayout.innerPfn1(page, 253)).isEqualTo(largest);
        assertThat(DirectoryLayout.innerPfn2(page, 253)).isEqualTo(1);
        assertThat(DirectoryLayout.innerPfn1(page, 254)).isEqualTo(1L << 47);
        assertThat(DirectoryLayout.innerPfn2(page, 254)).isEqualTo(largest);
        assertThat(DirectoryLayout.innerCsum(page, 254)).isEqualTo(7);
    }

    @Test
    void nodePageGivesBackWhatWasWritten() {
        ByteBuffer page = FormatVectors.node();

        assertThat(NodeLayout.name(page)).isEqualTo(FormatVectors.NAME);
        assertThat(NodeLayout.length(page)).isEqualTo(FormatVectors.LENGTH);
        assertThat(NodeLayout.identity(page).saveIdHigh()).isEqualTo(0x2021222324252627L);
        assertThat(NodeLayout.extent(page))
                .isEqualTo(new NodeLayout.Extent(FormatVectors.LENGTH, 2, FormatVectors.LINK_PFN));
        assertThat(NodeLayout.meta(page)).isEqualTo(Map.of("model", "7b", "leer", ""));
        assertThat(NodeLayout.owner(page)).isEmpty();
        assertThat(NodeLayout.nameEnds(page)).isTrue();
    }

    @Test
    void metadataThatClaimsMoreThanItHasIsReadOnlySoFar() {
        ByteBuffer page = FormatVectors.node();
        int claim = offset(NodeLayout.FIELDS, "meta_bytes");
        page.putInt(claim, 12);

        assertThat(NodeLayout.meta(page)).containsOnlyKeys("model");

        page.putInt(claim, -1);
        assertThat(NodeLayout.metaBytes(page)).isEqualTo(0xffffffffL);
        assertThat(NodeLayout.meta(page)).containsKeys("model", "leer");
    }

    @Test
    void metadataThatDoesNotFitIsRefused() {
        Map<String, String> full = Map.of("k", "v".repeat(NodeLayout.META_BYTES_MAX - 4));
        Map<String, String> tooMuch = Map.of("k", "v".repeat(NodeLayout.META_BYTES_MAX - 3));
        NodeLayout.Extent empty = new NodeLayout.Extent(0, 0, 0);
        ByteBuffer page = MetadataPage.allocate();

        NodeLayout.write(page, identity(full), empty);

        assertThat(NodeLayout.meta(page)).isEqualTo(full);
        assertThat(MetaLayout.bytesOf(full)).isEqualTo(NodeLayout.META_BYTES_MAX);
        assertThatThrownBy(() -> NodeLayout.write(page, identity(tooMuch), empty))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static NodeLayout.Identity identity(Map<String, String> meta) {
        return new NodeLayout.Identity("n", 1, 1, 1, 0, 0, 0, meta);
    }

    private static int offset(List<Field> fields, String name) {
        return fields.stream()
                .filter(f -> f.name().equals(name))
                .findFirst()
                .orElseThrow()
                .offset();
    }

    @Test
    void fixedFramesAndTheirSecondCopiesAreKnown() {
        for (long pfn : new long[] {0, 7, 15, 512, 527}) {
            assertThat(FileLayout.isFixed(pfn)).as("pfn %d", pfn).isTrue();
        }
        for (long pfn : new long[] {-1, 16, 511, 528, 1024}) {
            assertThat(FileLayout.isFixed(pfn)).as("pfn %d", pfn).isFalse();
        }
        assertThat(FileLayout.usableFrames(1024)).isEqualTo(992);
    }

    @Test
    void linksFollowFromPages() {
        assertThat(LinkLayout.linksFor(0)).isZero();
        assertThat(LinkLayout.linksFor(1)).isEqualTo(1);
        assertThat(LinkLayout.linksFor(255)).isEqualTo(1);
        assertThat(LinkLayout.linksFor(256)).isEqualTo(2);
        assertThat(LinkLayout.linksFor(510)).isEqualTo(2);
    }

    @Test
    void aNameIsPlainWhenItIsPrintableAsciiWithZerosBehindIt() {
        assertThat(isNamePlain("a name/1~")).isTrue();
        assertThat(isNamePlain("x".repeat(255))).isTrue();
        assertThat(isNamePlain("x".repeat(256))).isFalse();
        assertThat(isNamePlain("")).isFalse();
        assertThat(isNamePlain("\0x")).isFalse();
        assertThat(isNamePlain("x\0y")).isFalse();
        assertThat(isNamePlain("x\n")).isFalse();
        assertThat(isNamePlain("x\u007f")).isFalse();
        assertThat(isNamePlain("\u00fc")).isFalse();
    }

    private static boolean isNamePlain(String field) {
        ByteBuffer page = MetadataPage.allocate();
        page.put(NodeLayout.NAME.offset(), field.getBytes(StandardCharsets.UTF_8));
        return NodeLayout.isNamePlain(page);
    }
}
