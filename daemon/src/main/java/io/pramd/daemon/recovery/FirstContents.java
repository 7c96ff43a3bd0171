package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.SequenceRecordLayout;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.MemoryFile;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.Sharing;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.node.Root.PageRef;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * One owner. Formats a new memory file: an empty tree, in force by a current and by a forced slot.
 */
public final class FirstContents {
    /** The sequence of the root that formatting writes: no save was ever committed under it. */
    static final long ROOT_SEQUENCE = 1;

    private static final PageRef EMPTY_LEAF_FRAMES =
            new PageRef(0, FileLayout.FIXED_FRAMES, FileLayout.FIXED_FRAMES + 1L);

    private final byte[] uuid = new byte[16];
    private final BootId bootId;
    private final long frameCount;
    private final long features;
    private final PageChecksum checksum = new PageChecksum();
    private final ByteBuffer page = MetadataPage.allocate();

    private FirstContents(long frameCount, BootId bootId, long features) {
        new SecureRandom().nextBytes(uuid);
        this.bootId = bootId;
        this.frameCount = frameCount;
        this.features = features;
    }

    /**
     * Creates and formats a file; it is whole and durable when it gets its name. The answer holds
     * its lock.
     *
     * @param bytes the size, at least 4 MiB; rounded down to whole pages
     * @throws StoreException EINVAL for the size, and as {@link MemoryFile#create}
     */
    public static FileLock format(Path path, long bytes, BootId bootId) {
        return format(path, bytes, bootId, Sharing.NONE);
    }

    /** As {@link #format(Path, long, BootId)}, so shared. */
    public static FileLock format(Path path, long bytes, BootId bootId, Sharing sharing) {
        return create(path, bytes, sharing, bootId, SuperBlockLayout.INLINE_ENTRIES);
    }

    /**
     * As {@link #format(Path, long, BootId)}.
     *
     * @param features incompatible ones; fewer than this code knows for a pramd that is older
     */
    public static FileLock format(Path path, long bytes, BootId bootId, long features) {
        return create(path, bytes, Sharing.NONE, bootId, features);
    }

    private static FileLock create(
            Path path, long bytes, Sharing sharing, BootId bootId, long features) {
        requireSize(bytes);
        long frameCount = bytes / FileLayout.FRAME_BYTES;
        FirstContents contents = new FirstContents(frameCount, bootId, features);
        return MemoryFile.create(path, FileLayout.fileOffset(frameCount), sharing, contents::write);
    }

    /**
     * Whether a memory file can have so many bytes.
     *
     * @throws StoreException EINVAL
     */
    public static void requireSize(long bytes) {
        long frameCount = bytes / FileLayout.FRAME_BYTES;
        if (frameCount < FileLayout.FRAMES_MIN || frameCount > FileLayout.FRAMES_MAX) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "size of a memory file is out of range: size="
                            + bytes
                            + " min="
                            + FileLayout.fileOffset(FileLayout.FRAMES_MIN)
                            + " max="
                            + FileLayout.fileOffset(FileLayout.FRAMES_MAX));
        }
    }

    private void write(FileChannel file) throws IOException {
        SuperBlockLayout.write(page, frameCount, uuid, features);
        MetadataPage.csum(page, checksum.ofSuperBlock(page));
        writeBoth(file, FileLayout.SUPER_BLOCK_PFN);

        DirectoryLayout.begin(page, 0);
        int leafCsum = checksum.ofDirectory(uuid, page);
        MetadataPage.csum(page, leafCsum);
        write(file, EMPTY_LEAF_FRAMES.pfn1());
        write(file, EMPTY_LEAF_FRAMES.pfn2());

        PageRef top = new PageRef(leafCsum, EMPTY_LEAF_FRAMES.pfn1(), EMPTY_LEAF_FRAMES.pfn2());
        Root root = new Root(ROOT_SEQUENCE, top, 0, 0);
        RootSlotLayout.write(
                page, RootSlotLayout.KIND_CURRENT, root.slot(Durability.PROCESS, bootId));
        writeFixed(file, FileLayout.CURRENT_SLOT_PFNS.getFirst());
        RootSlotLayout.write(
                page, RootSlotLayout.KIND_FORCED, root.slot(Durability.PROCESS, bootId));
        writeFixed(file, FileLayout.FORCED_SLOT_PFNS.getFirst());

        SequenceRecordLayout.write(page, ROOT_SEQUENCE + 1);
        writeFixed(file, FileLayout.SEQUENCE_RECORD_PFNS.getFirst());
    }

    private void writeFixed(FileChannel file, long pfn) throws IOException {
        MetadataPage.csum(page, checksum.ofFixed(uuid, pfn, page));
        writeBoth(file, pfn);
    }

    private void writeBoth(FileChannel file, long pfn) throws IOException {
        write(file, pfn);
        write(file, pfn + FileLayout.SECOND_COPY_DISTANCE);
    }

    private void write(FileChannel file, long pfn) throws IOException {
        ByteBuffer source = page.duplicate().clear();
        while (source.hasRemaining()) {
            file.write(source, FileLayout.fileOffset(pfn) + source.position());
        }
    }
}
