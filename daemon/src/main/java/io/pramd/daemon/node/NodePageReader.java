package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetaLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongSupplier;

/** One owner. Reads node pages and says what is wrong with one. */
public final class NodePageReader {
    private final FrameReader frames;
    private final byte[] uuid;
    private final LongSupplier frameCount;
    private final PageChecksum checksum;

    public NodePageReader(FrameReader frames, byte[] uuid, long frameCount) {
        this(frames, uuid, () -> frameCount, new PageChecksum());
    }

    /**
     * Of a file that may grow meanwhile.
     *
     * @param checksum for its owner's thread
     */
    NodePageReader(
            FrameReader frames, byte[] uuid, LongSupplier frameCount, PageChecksum checksum) {
        this.frames = frames;
        this.uuid = uuid;
        this.frameCount = frameCount;
        this.checksum = checksum;
    }

    /**
     * Reads the node page that a leaf entry names.
     *
     * @throws StoreException EIO with the reason why the node must be quarantined
     */
    public void read(long pfn, int leafCsum, ByteBuffer page) {
        if (!isUsable(pfn)) {
            throw StoreException.of(
                    Errno.EIO,
                    "leaf entry names no usable frame: pfn="
                            + pfn
                            + " frames="
                            + frameCount.getAsLong());
        }
        frames.read(pfn, page);
        int sum = checksum.ofNode(uuid, pfn, NodeLayout.sequence(page), page);
        if (MetadataPage.magic(page) != Magic.NODE.number()
                || MetadataPage.csum(page) != sum
                || leafCsum != sum) {
            throw StoreException.of(
                    Errno.EIO,
                    String.format(
                            "node page does not verify: pfn=%d magic=%08x csum=%08x sum=%08x"
                                    + " leaf=%08x",
                            pfn, MetadataPage.magic(page), MetadataPage.csum(page), sum, leafCsum));
        }
        Optional<String> fault = fault(page);
        if (fault.isPresent()) {
            throw StoreException.of(Errno.EIO, fault.get() + ": pfn=" + pfn);
        }
    }

    /**
     * What is wrong with a page whose sum is right: written by something that is not us, or not of
     * this version.
     */
    private Optional<String> fault(ByteBuffer page) {
        Optional<String> nameFault =
                NodeLayout.isNamePlain(page) ? Optional.empty() : nameFault(page);
        if (nameFault.isPresent()) {
            return nameFault;
        }
        Optional<NodeType> type = NodeType.of(NodeLayout.type(page));
        if (type.isEmpty()) {
            return Optional.of("unknown type " + NodeLayout.type(page));
        }
        if (NodeLayout.flags(page) != 0) {
            return Optional.of("unknown flags " + NodeLayout.flags(page));
        }
        if (NodeLayout.metaBytes(page) > NodeLayout.META_BYTES_MAX) {
            return Optional.of(
                    "metadata longer than its field: bytes=" + NodeLayout.metaBytes(page));
        }
        if (NodeLayout.metaBytes(page) > 0
                && MetaLayout.bytesOf(NodeLayout.meta(page)) != NodeLayout.metaBytes(page)) {
            return Optional.of("metadata that is no pairs: bytes=" + NodeLayout.metaBytes(page));
        }
        long pages = NodeLayout.pages(page);
        long length = NodeLayout.length(page);
        long fits = pages * FileLayout.FRAME_BYTES;
        boolean isWhole =
                pages >= 0
                        && pages < FileLayout.FRAMES_MAX
                        && length >= 0
                        && (type.get() == NodeType.PAGE
                                ? length == fits
                                : length <= fits && length > fits - FileLayout.FRAME_BYTES);
        long inlined = NodeLayout.inlineCount(page);
        if (inlined != 0 && inlined != pages || inlined > NodeLayout.INLINE_ENTRIES_MAX) {
            return Optional.of(
                    "inline entries do not fit the pages: entries=" + inlined + " pages=" + pages);
        }
        if (!isWhole || (pages == inlined) != (NodeLayout.linkPfn(page) == 0)) {
            return Optional.of(
                    "length does not fit the pages: length=" + length + " pages=" + pages);
        }
        return inlineFault(page, inlined);
    }

    private static Optional<String> nameFault(ByteBuffer page) {
        String name = NodeLayout.nameEnds(page) ? NodeLayout.name(page) : "";
        if (name.isEmpty()) {
            return Optional.of("name is empty or has no NUL");
        }
        if (!NodeLayout.isNameWhole(page) || name.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("name is no name");
        }
        return Optional.empty();
    }

    private Optional<String> inlineFault(ByteBuffer page, long inlined) {
        for (int entry = 0; entry < inlined; entry++) {
            if (!isUsable(NodeLayout.inlinePfn(page, entry))) {
                return Optional.of(
                        "inline entry names no usable frame: entry="
                                + entry
                                + " frame="
                                + NodeLayout.inlinePfn(page, entry)
                                + " frames="
                                + frameCount.getAsLong());
            }
        }
        return Optional.empty();
    }

    private boolean isUsable(long pfn) {
        return pfn > 0 && pfn < frameCount.getAsLong() && !FileLayout.isFixed(pfn);
    }
}
