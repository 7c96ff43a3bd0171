package io.pramd.daemon.layout;

import io.pramd.daemon.layout.RootSlotLayout.Slot;
import io.pramd.daemon.layout.RunRecordLayout.Run;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.PageChecksum.LinkPlace;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Immutable. One page of every structure from fixed inputs, which together are a tiny tree: a slot
 * that names a leaf that names a node that names a link that names two data pages.
 */
final class FormatVectors {
    static final byte[] UUID = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
    static final BootId BOOT = new BootId(0x1011121314151617L, 0x18191a1b1c1d1e1fL);
    static final long SEQUENCE = 5;
    static final long LEAF_PFN_1 = 16;
    static final long LEAF_PFN_2 = 17;
    static final long NODE_PFN = 18;
    static final long LINK_PFN = 19;
    static final long FIRST_DATA_PFN = 20;
    static final long SECOND_DATA_PFN = 21;
    static final long LENGTH = 4100;
    static final String NAME = "größe";

    private static final PageChecksum CHECKSUM = new PageChecksum();

    private FormatVectors() {}

    static ByteBuffer superBlock() {
        ByteBuffer page = MetadataPage.allocate();
        SuperBlockLayout.write(page, 1024, UUID, 0);
        MetadataPage.csum(page, CHECKSUM.ofSuperBlock(page));
        return page;
    }

    /** Byte i is i modulo 251. */
    static ByteBuffer firstData() {
        ByteBuffer page = MetadataPage.allocate();
        for (int i = 0; i < FileLayout.FRAME_BYTES; i++) {
            page.put(i, (byte) (i % 251));
        }
        return page;
    }

    /** Four bytes of a byte stream, then zeros. */
    static ByteBuffer secondData() {
        ByteBuffer page = MetadataPage.allocate();
        page.put(0, new byte[] {'t', 'a', 'i', 'l'});
        return page;
    }

    static ByteBuffer link() {
        ByteBuffer page = MetadataPage.allocate();
        LinkLayout.begin(page);
        LinkLayout.entry(page, 0, 1, CHECKSUM.ofPage(firstData()), FIRST_DATA_PFN);
        LinkLayout.entry(page, 1, 0x80000000, CHECKSUM.ofPage(secondData()), SECOND_DATA_PFN);
        MetadataPage.csum(page, CHECKSUM.ofLink(UUID, new LinkPlace(LINK_PFN, SEQUENCE, 0), page));
        return page;
    }

    static ByteBuffer node() {
        ByteBuffer page = MetadataPage.allocate();
        Map<String, String> meta = new LinkedHashMap<>();
        meta.put("model", "7b");
        meta.put("leer", "");
        NodeLayout.Identity identity =
                new NodeLayout.Identity(
                        NAME,
                        NodeType.BYTE.number(),
                        SEQUENCE,
                        SEQUENCE,
                        1_700_000_000_123L,
                        0x2021222324252627L,
                        0x28292a2b2c2d2e2fL,
                        meta);
        NodeLayout.write(page, identity, new NodeLayout.Extent(LENGTH, 2, LINK_PFN));
        MetadataPage.csum(page, CHECKSUM.ofNode(UUID, NODE_PFN, SEQUENCE, page));
        return page;
    }

    /** The same stream with its entries in the node page. */
    static ByteBuffer nodeWithEntries() {
        ByteBuffer page = node();
        page.putLong(NodeLayout.LINK_PFN.offset(), 0);
        NodeLayout.inlineCount(page, 2);
        NodeLayout.inlineEntry(page, 0, 1, CHECKSUM.ofPage(firstData()), FIRST_DATA_PFN);
        NodeLayout.inlineEntry(page, 1, 0x80000000, CHECKSUM.ofPage(secondData()), SECOND_DATA_PFN);
        MetadataPage.csum(page, CHECKSUM.ofNode(UUID, NODE_PFN, SEQUENCE, page));
        return page;
    }

    static ByteBuffer leaf() {
        ByteBuffer page = MetadataPage.allocate();
        DirectoryLayout.begin(page, 0);
        DirectoryLayout.leafEntry(
                page, 1, CHECKSUM.ofName(NAME), MetadataPage.csum(node()), NODE_PFN);
        DirectoryLayout.inUse(page, 1);
        MetadataPage.csum(page, CHECKSUM.ofDirectory(UUID, page));
        return page;
    }

    static ByteBuffer inner() {
        ByteBuffer page = MetadataPage.allocate();
        DirectoryLayout.begin(page, 1);
        DirectoryLayout.innerEntry(page, 0, MetadataPage.csum(leaf()), LEAF_PFN_1, 0xa1b2c3d4e5f6L);
        DirectoryLayout.inUse(page, 1);
        MetadataPage.csum(page, CHECKSUM.ofDirectory(UUID, page));
        return page;
    }

    static ByteBuffer rootSlot() {
        ByteBuffer page = MetadataPage.allocate();
        Slot slot = new Slot(1, 7, BOOT, LEAF_PFN_1, LEAF_PFN_2, MetadataPage.csum(leaf()), 0, 1);
        RootSlotLayout.write(page, RootSlotLayout.KIND_FORCED, slot);
        return fixed(page, FileLayout.FORCED_SLOT_PFNS.getFirst());
    }

    static ByteBuffer sequenceRecord() {
        ByteBuffer page = MetadataPage.allocate();
        SequenceRecordLayout.write(page, 1_048_578);
        return fixed(page, FileLayout.SEQUENCE_RECORD_PFNS.getFirst());
    }

    static ByteBuffer runRecord() {
        ByteBuffer page = MetadataPage.allocate();
        RunRecordLayout.write(page, new Run(4711, BOOT, 1_700_000_000_456L, 0));
        return fixed(page, FileLayout.RUN_RECORD_PFN);
    }

    private static ByteBuffer fixed(ByteBuffer page, long pfn) {
        MetadataPage.csum(page, CHECKSUM.ofFixed(UUID, pfn, page));
        return page;
    }
}
