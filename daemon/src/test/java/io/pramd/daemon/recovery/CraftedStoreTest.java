package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.CraftedFile.offset;
import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.SequenceRecordLayout;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.State;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files whose every checksum is right and that say what no daemon writes: what is wrong with a node
 * costs that node, and what is wrong with a tree a start that touches nothing.
 */
@Timeout(60)
class CraftedStoreTest {
    private static final ListRequest ALL = new ListRequest("", 0, 0, 1000);
    private static final byte[] A = bytes(1, 256 * 4096);
    private static final byte[] B = bytes(2, 5000);

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

    private StoreFixture open() {
        return StoreFixture.open(nodes.file(), How.ON_CALLER).damaged();
    }

    /** One node is quarantined for this reason, the check is not content, the others load. */
    private void requireQuarantined(String reason, int whole) {
        assertThat(nodes.check().isClean()).isFalse();
        StoreFixture store = open();
        requireListed(store, reason);
        assertThat(store.info("nodes.ready")).isEqualTo(2);
        requireLoads(store, whole);
        store.streams().save("new", bytes(9, 70_000));
        store.kill();
        StoreFixture again = open();
        requireLoads(again, whole);
        assertThat(again.streams().peek("new")).isEqualTo(bytes(9, 70_000));
        requireListed(again, reason);
        long pfn = quarantined(again).getFirst().pfn();
        await(again.store().removeQuarantined(pfn));
        assertThat(again.info("nodes.quarantined")).isZero();
        requireLoads(again, whole);
        again.close();
        assertThat(nodes.check().isClean()).as(nodes.check().toString()).isTrue();
    }

    private static void requireListed(StoreFixture store, String reason) {
        assertThat(quarantined(store))
                .singleElement()
                .satisfies(node -> assertThat(node.reason()).contains(reason));
    }

    private static List<NodeInfo> quarantined(StoreFixture store) {
        return await(store.store().list(ALL)).nodes().stream()
                .filter(node -> node.state() == State.QUARANTINED)
                .toList();
    }

    private static void requireLoads(StoreFixture store, int whole) {
        if (whole == ThreeNodes.A) {
            assertThat(store.streams().peek("a")).isEqualTo(A);
        } else {
            assertThat(store.streams().peek("b")).isEqualTo(B);
        }
    }

    /** The start ends with a message that says so, and the file is as it was. */
    private void requireRefused(String reason) throws IOException {
        byte[] before = Files.readAllBytes(nodes.file());
        assertThat(refused(Errno.EIO, () -> open())).hasMessageContaining(reason);
        assertThat(Files.readAllBytes(nodes.file())).isEqualTo(before);
        assertThat(nodes.check().isClean()).isFalse();
    }

    private void quarantinesC(String reason, Consumer<ByteBuffer> change) {
        crafted.node(ThreeNodes.C, change);
        requireQuarantined(reason, ThreeNodes.A);
    }

    private static int at(String field) {
        return offset(NodeLayout.FIELDS, field);
    }

    @Test
    void quarantinesANodeOfAnUnknownType() {
        quarantinesC("unknown type 3", page -> page.putInt(at("type"), 3));
    }

    @Test
    void quarantinesANodeWithUnknownFlags() {
        quarantinesC("unknown flags 8", page -> page.putInt(at("flags"), 8));
    }

    @Test
    void quarantinesANodeWithoutANulBehindItsName() {
        quarantinesC(
                "has no NUL",
                page -> {
                    for (int i = 0; i <= NodeLayout.NAME_BYTES_MAX; i++) {
                        page.put(at("name") + i, (byte) 'x');
                    }
                });
    }

    @Test
    void quarantinesANameWithAControlCharacter() {
        quarantinesC("name is no name", page -> page.put(at("name"), (byte) '\n'));
    }

    @Test
    void quarantinesANameThatIsNoUtf8() {
        quarantinesC("name is no name", page -> page.put(at("name"), (byte) 0xFF));
    }

    @Test
    void quarantinesANameWithBytesBehindItsNul() {
        quarantinesC("name is no name", page -> page.put(at("name") + 9, (byte) 'x'));
    }

    @Test
    void quarantinesALengthLargerThanThePagesHold() {
        crafted.node(ThreeNodes.B, page -> page.putLong(at("data_len"), 8193));
        requireQuarantined("length does not fit", ThreeNodes.A);
    }

    @Test
    void quarantinesMetadataThatIsNoPairs() {
        quarantinesC("metadata that is no pairs", page -> page.putInt(at("meta_bytes"), 2));
    }

    @Test
    void quarantinesASequenceThatWasNotDrawn() {
        quarantinesC("not drawn", page -> page.putLong(at("sequence"), Long.MAX_VALUE));
    }

    @Test
    void quarantinesAStreamThatIsYoungerThanItsNode() {
        quarantinesC("not drawn", page -> page.putLong(at("stream_sequence"), 1L << 40));
    }

    @Test
    void quarantinesTheSecondNodeOfOneSequence() {
        long sequence = NodeLayout.sequence(crafted.read(crafted.nodePfn(ThreeNodes.A)));
        quarantinesC(
                "another node has this sequence",
                page -> {
                    page.putLong(at("sequence"), sequence);
                    page.putLong(at("stream_sequence"), sequence);
                });
    }

    @Test
    void quarantinesTheOlderOfTwoNodesOfOneName() {
        crafted.node(ThreeNodes.C, page -> page.put(at("name"), (byte) 'b'));

        StoreFixture store = open();

        requireListed(store, "a newer node has this name");
        assertThat(quarantined(store).getFirst().pfn()).isEqualTo(crafted.nodePfn(ThreeNodes.B));
        assertThat(store.streams().peek("b")).isEmpty();
        store.kill();
    }

    @Test
    void quarantinesANodeWithTheTagOfAnotherName() {
        crafted.leaf(
                page ->
                        DirectoryLayout.leafEntry(
                                page,
                                ThreeNodes.C,
                                7,
                                DirectoryLayout.leafCsum(page, ThreeNodes.C),
                                DirectoryLayout.leafPfn(page, ThreeNodes.C)));
        requireQuarantined("tag of another name", ThreeNodes.B);
    }

    @Test
    void quarantinesNodesOutsideTheFileOrOnFixedFrames() {
        long before = crafted.nodePfn(ThreeNodes.C);
        int tag = DirectoryLayout.leafTag(leaf(), ThreeNodes.C);
        int csum = DirectoryLayout.leafCsum(leaf(), ThreeNodes.C);
        for (long pfn : new long[] {-1, Long.MIN_VALUE, 5, 513, FileLayout.FRAMES_MIN}) {
            crafted.leaf(page -> DirectoryLayout.leafEntry(page, ThreeNodes.C, 5, 6, pfn));
            StoreFixture store = open();
            requireListed(store, "no usable frame");
            requireLoads(store, ThreeNodes.A);
            requireLoads(store, ThreeNodes.B);
            store.kill();
            crafted.leaf(page -> DirectoryLayout.leafEntry(page, ThreeNodes.C, tag, csum, before));
        }
        nodes.assertClean();
    }

    private ByteBuffer leaf() {
        return crafted.read(crafted.leafPfns().getFirst());
    }

    /** Removed by one entry, the node would come back by the other one at the next start. */
    @Test
    void leavesOutTheSecondOfTwoEntriesOfOneNodePage() {
        crafted.leaf(
                page -> {
                    DirectoryLayout.inUse(page, 4);
                    DirectoryLayout.leafEntry(
                            page,
                            200,
                            DirectoryLayout.leafTag(page, ThreeNodes.B),
                            DirectoryLayout.leafCsum(page, ThreeNodes.B),
                            DirectoryLayout.leafPfn(page, ThreeNodes.B));
                });
        rewriteSlots("node_count", 4, 8);
        nodes.assertFinds(FsckProblem.Kind.ROLE, FsckProblem.Kind.SEQUENCE);
        StoreFixture store = open();
        assertThat(store.opened().report().lines())
                .anyMatch(line -> line.contains("names the page of another: slot=200"));
        assertThat(store.info("nodes.quarantined")).isZero();
        requireLoads(store, ThreeNodes.B);
        await(store.store().remove("b", 0));
        store.kill();
        StoreFixture again = open();
        refused(Errno.ENOENT, again.store().stat("b"));
        assertThat(again.info("nodes.ready")).isEqualTo(2);
        requireLoads(again, ThreeNodes.A);
        again.requireEveryFrameAccountedFor();
        again.close();
        nodes.assertClean();
    }

    private void rewriteSlots(String field, long value, int bytes) {
        for (List<Long> pfns : List.of(FileLayout.CURRENT_SLOT_PFNS, FileLayout.FORCED_SLOT_PFNS)) {
            long pfn = crafted.newestSlot(pfns);
            ByteBuffer page = crafted.read(pfn);
            int at = offset(RootSlotLayout.FIELDS, field);
            if (bytes == Long.BYTES) {
                page.putLong(at, value);
            } else {
                page.putInt(at, (int) value);
            }
            crafted.fixed(pfn, page);
        }
    }

    /** Its frames would not be counted, and the next save into one would cost the whole tree. */
    @Test
    void refusesATreeWithAPageWithoutEntries() throws IOException {
        ByteBuffer empty = MetadataPage.allocate();
        DirectoryLayout.begin(empty, 0);
        int csum = crafted.directory(900, 901, empty);
        ByteBuffer leaf = leaf();
        crafted.write(902, leaf);
        crafted.write(903, leaf);
        int leafCsum = MetadataPage.csum(leaf);
        crafted.leaf(
                page -> {
                    DirectoryLayout.begin(page, 1);
                    DirectoryLayout.inUse(page, 2);
                    DirectoryLayout.innerEntry(page, 0, leafCsum, 902, 903);
                    DirectoryLayout.innerEntry(page, 1, csum, 900, 901);
                });
        rewriteSlots("root_level", 1, 4);

        requireRefused("directory page without entries");
    }

    @Test
    void refusesATreeWithOtherNodesThanItsRootCounts() throws IOException {
        rewriteSlots("node_count", 1L << 40, 8);

        requireRefused("root counts other nodes");
    }

    /** The newest root of a kind is written around; no sequence would be left above it. */
    @Test
    void passesOverASlotWhoseSequenceLeavesNoneAboveIt() {
        for (long sequence : new long[] {Long.MAX_VALUE, 1L << 62, -1}) {
            long other = otherSlot(FileLayout.CURRENT_SLOT_PFNS);
            ByteBuffer page = crafted.read(other);
            page.putLong(offset(RootSlotLayout.FIELDS, "sequence"), sequence);
            crafted.fixed(other, page);

            StoreFixture store = open();
            requireLoads(store, ThreeNodes.A);
            store.streams().save("x" + sequence, bytes(3, 10));
            store.kill();
            StoreFixture again = open();
            assertThat(again.streams().peek("x" + sequence)).isEqualTo(bytes(3, 10));
            again.close();
        }
    }

    private long otherSlot(List<Long> pfns) {
        return pfns.getFirst() + pfns.getLast() - crafted.newestSlot(pfns);
    }

    @Test
    void refusesAFileWhoseSequencesAreUsedUp() throws IOException {
        long other = otherSlot(FileLayout.FORCED_SLOT_PFNS);
        ByteBuffer page = crafted.read(other);
        page.putLong(offset(RootSlotLayout.FIELDS, "sequence"), (1L << 62) - 1);
        crafted.fixed(other, page);

        requireRefused("sequences are used up");
    }

    @Test
    void goesOnBehindASequenceRecordWithoutALimit() {
        ByteBuffer page = MetadataPage.allocate();
        for (long limit : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, 0}) {
            SequenceRecordLayout.write(page, limit);
            crafted.fixed(FileLayout.SEQUENCE_RECORD_PFNS.getFirst(), page);

            StoreFixture store = open();
            assertThat(store.opened().report().lines())
                    .anyMatch(line -> line.contains("sequence record is not readable"));
            requireLoads(store, ThreeNodes.A);
            store.close();
        }
    }

    @Test
    void quarantinesANodeThatNamesTheLinksOfAnotherStream() {
        long link = crafted.linkPfn(ThreeNodes.A);
        crafted.node(ThreeNodes.B, page -> page.putLong(at("link_pfn"), link));
        requireQuarantined("link does not verify", ThreeNodes.A);
    }

    @Test
    void quarantinesAChainThatLeadsBackToItself() {
        long link = crafted.linkPfn(ThreeNodes.A);
        crafted.firstLink(ThreeNodes.A, page -> LinkLayout.linkPfn(page, link));
        requireQuarantined("link does not verify", ThreeNodes.B);
    }

    @Test
    void quarantinesEntriesAtFrameZeroAndOutsideTheFile() {
        for (long pfn : new long[] {0, -1, 3, 515, FileLayout.FRAMES_MIN, 1L << 50}) {
            ByteBuffer before = crafted.read(crafted.linkPfn(ThreeNodes.B));
            crafted.firstLink(ThreeNodes.B, page -> LinkLayout.entry(page, 0, 0, 0, pfn));
            StoreFixture store = open();
            requireListed(store, "page at no usable frame");
            requireLoads(store, ThreeNodes.A);
            store.kill();
            crafted.write(crafted.linkPfn(ThreeNodes.B), before);
        }
        nodes.assertClean();
    }
}
