package io.pramd.daemon.scale;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.SequenceRecordLayout;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.PageChecksum.LinkPlace;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.Root;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * One owner. Makes a new memory file one that looks as if much had been saved into it: its metadata
 * is real, and its data pages are all zeros, in frames that were never written.
 */
final class FullStore implements AutoCloseable {
    private static final int FIRST_SEQUENCE = 2;

    private final CraftedFile file;
    private final byte[] uuid;
    private final PageChecksum checksum = new PageChecksum();
    private final int zeroPageCsum = checksum.ofPage(MetadataPage.allocate());
    private final ByteBuffer page = MetadataPage.allocate();
    private long nextMetadata = 2L * FileLayout.SECOND_COPY_DISTANCE;
    private long nextData;

    FullStore(Path path) {
        file = new CraftedFile(path);
        uuid = SuperBlockLayout.uuid(file.read(FileLayout.SUPER_BLOCK_PFN));
    }

    /** Frames that so many nodes take, without the directory. */
    static long frames(int nodes, int pages) {
        return nodes * (1 + LinkLayout.linksFor(pages) + pages);
    }

    void fill(int nodes, int pages) {
        DirectoryTree tree = new DirectoryTree(uuid);
        nextData = nextMetadata + nodes * (3 + LinkLayout.linksFor(pages));
        for (int i = 0; i < nodes; i++) {
            node(tree, i, pages);
        }
        long[] frames =
                LongStream.range(nextMetadata, nextMetadata + tree.framesForAll()).toArray();
        Root root = tree.storeWhole(frames, (long) FIRST_SEQUENCE + nodes, file::write);
        slot(FileLayout.CURRENT_SLOT_PFNS.getLast(), RootSlotLayout.KIND_CURRENT, root);
        slot(FileLayout.FORCED_SLOT_PFNS.getLast(), RootSlotLayout.KIND_FORCED, root);
        SequenceRecordLayout.write(page, root.sequence() + 1);
        file.fixed(FileLayout.SEQUENCE_RECORD_PFNS.getLast(), page);
    }

    private void node(DirectoryTree tree, int number, int pages) {
        String name = SmallNodes.name(number);
        long sequence = (long) FIRST_SEQUENCE + number;
        long pfn = nextMetadata++;
        long firstLink = nextMetadata;
        links(sequence, pages);
        NodeLayout.Identity identity =
                new NodeLayout.Identity(
                        name, NodeType.BYTE.number(), sequence, sequence, 0, 0, 0, Map.of());
        long length = (long) pages * FileLayout.FRAME_BYTES;
        NodeLayout.write(page, identity, new NodeLayout.Extent(length, pages, firstLink));
        int csum = checksum.ofNode(uuid, pfn, sequence, page);
        MetadataPage.csum(page, csum);
        file.write(pfn, page);
        tree.leaves().set(number, checksum.ofName(name), csum, pfn);
    }

    private void links(long sequence, int pages) {
        long links = LinkLayout.linksFor(pages);
        for (long position = 0; position < links; position++) {
            long pfn = nextMetadata++;
            LinkLayout.begin(page);
            LinkLayout.linkPfn(page, position + 1 < links ? nextMetadata : 0);
            long rest = pages - position * LinkLayout.ENTRIES;
            for (int entry = 0; entry < Math.min(LinkLayout.ENTRIES, rest); entry++) {
                LinkLayout.entry(page, entry, 0, zeroPageCsum, nextData++);
            }
            MetadataPage.csum(
                    page, checksum.ofLink(uuid, new LinkPlace(pfn, sequence, position), page));
            file.write(pfn, page);
        }
    }

    private void slot(long pfn, int kind, Root root) {
        RootSlotLayout.write(page, kind, root.slot(Durability.PROCESS, ScaleFile.BOOT));
        file.fixed(pfn, page);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
