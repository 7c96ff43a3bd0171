package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.Field;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.RunRecordLayout;
import io.pramd.daemon.layout.SequenceRecordLayout;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.node.Root.PageRef;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One owner. Prints one frame as what its magic says it is, else its bytes. */
final class FrameDump {
    private final byte[] uuid;
    private final DumpWriter out;
    private final PageChecksum checksum = new PageChecksum();

    FrameDump(byte[] uuid, DumpWriter out) {
        this.uuid = uuid;
        this.out = out;
    }

    void print(long pfn, ByteBuffer page) {
        if (MetadataPage.isZeroFrom(page, 0)) {
            out.heading("frame " + pfn + ": zeros" + copyOf(pfn));
            return;
        }
        Optional<Magic> magic = Magic.of(MetadataPage.magic(page));
        String kind = magic.map(Enum::name).orElse("data or free");
        out.heading("frame " + pfn + ": " + kind + copyOf(pfn));
        if (magic.isEmpty()) {
            out.field("crc32c", String.format("%08x", checksum.ofPage(page)));
            out.hex(page);
            return;
        }
        out.field("verifies", verdict(magic.get(), pfn, page));
        FieldLines.print(page, fields(magic.get()), out);
        printBody(magic.get(), page);
    }

    private static String copyOf(long pfn) {
        return FileLayout.isFixed(pfn) && pfn >= FileLayout.SECOND_COPY_DISTANCE
                ? ", second copy of frame " + (pfn - FileLayout.SECOND_COPY_DISTANCE)
                : "";
    }

    static List<Field> fields(Magic magic) {
        return switch (magic) {
            case SUPER_BLOCK -> SuperBlockLayout.FIELDS;
            case ROOT_SLOT -> RootSlotLayout.FIELDS;
            case SEQUENCE_RECORD -> SequenceRecordLayout.FIELDS;
            case RUN_RECORD -> RunRecordLayout.FIELDS;
            case DIRECTORY -> DirectoryLayout.FIELDS;
            case NODE -> NodeLayout.FIELDS;
            case LINK -> LinkLayout.FIELDS;
        };
    }

    private String verdict(Magic magic, long pfn, ByteBuffer page) {
        if (magic == Magic.LINK) {
            return "only with its stream and position: dump its node";
        }
        int sum =
                switch (magic) {
                    case SUPER_BLOCK -> checksum.ofSuperBlock(page);
                    case DIRECTORY -> checksum.ofDirectory(uuid, page);
                    case NODE -> checksum.ofNode(uuid, pfn, NodeLayout.sequence(page), page);
                    default -> checksum.ofFixed(uuid, firstCopy(pfn), page);
                };
        return sum == MetadataPage.csum(page)
                ? "yes"
                : String.format("NO: sum of its bytes is %08x", sum);
    }

    private static long firstCopy(long pfn) {
        return FileLayout.isFixed(pfn) ? pfn % FileLayout.SECOND_COPY_DISTANCE : pfn;
    }

    private void printBody(Magic magic, ByteBuffer page) {
        switch (magic) {
            case DIRECTORY -> printDirectory(page);
            case LINK -> printLink(page);
            case NODE -> {
                printMeta(page);
                printInlineEntries(page);
            }
            default -> {
                // all of it is in its fields
            }
        }
    }

    private void printDirectory(ByteBuffer page) {
        boolean isLeaf = DirectoryLayout.level(page) == 0;
        for (int entry = 0; entry < DirectoryLayout.ENTRIES; entry++) {
            PageRef ref =
                    isLeaf ? TreePages.leafEntry(page, entry) : TreePages.innerEntry(page, entry);
            if (!ref.exists()) {
                continue;
            }
            out.row(
                    isLeaf
                            ? String.format(
                                    "entry %3d: tag=%08x csum=%08x pfn=%d",
                                    entry,
                                    DirectoryLayout.leafTag(page, entry),
                                    ref.csum(),
                                    ref.pfn1())
                            : String.format(
                                    "entry %3d: csum=%08x pfn_1=%d pfn_2=%d",
                                    entry, ref.csum(), ref.pfn1(), ref.pfn2()));
        }
    }

    private void printLink(ByteBuffer page) {
        for (int entry = 0; entry < LinkLayout.ENTRIES; entry++) {
            if (LinkLayout.entryPfn(page, entry) != 0) {
                printEntry(
                        entry,
                        LinkLayout.entryFlags(page, entry),
                        LinkLayout.entryCsum(page, entry),
                        LinkLayout.entryPfn(page, entry));
            }
        }
    }

    private void printInlineEntries(ByteBuffer page) {
        for (int entry = 0; entry < NodeLayout.inlineEntriesInUse(page); entry++) {
            long flagsAndCsum = NodeLayout.inlineFlagsAndCsum(page, entry);
            printEntry(
                    entry,
                    (int) flagsAndCsum,
                    (int) (flagsAndCsum >>> Integer.SIZE),
                    NodeLayout.inlinePfn(page, entry));
        }
    }

    private void printEntry(int entry, int flags, int csum, long pfn) {
        out.row(String.format("entry %3d: flags=%08x csum=%08x pfn=%d", entry, flags, csum, pfn));
    }

    private void printMeta(ByteBuffer page) {
        for (Map.Entry<String, String> pair : NodeLayout.meta(page).entrySet()) {
            out.row(
                    "meta "
                            + FieldLines.visible(pair.getKey())
                            + " = "
                            + FieldLines.visible(pair.getValue()));
        }
    }
}
