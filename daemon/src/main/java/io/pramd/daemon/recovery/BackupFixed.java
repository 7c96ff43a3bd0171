package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.SequenceRecordLayout;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.memory.SuperBlockCopies;
import io.pramd.daemon.node.Root;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * One owner. The fixed frames of a backup: the same identity, the root in all four slots, and
 * sequences far beyond those of the original, so that both draw different ones from here on.
 */
final class BackupFixed {
    /** More sequences than the original draws in its life behind the backup. */
    private static final long SEQUENCES_BETWEEN = 1L << 40;

    private final FrameReader frames;
    private final byte[] uuid;
    private final BootId bootId;
    private final PageChecksum checksum = new PageChecksum();
    private final Queue<Fixed> pages = new ArrayDeque<>();

    /** A page and the frame of its first copy. */
    private record Fixed(long pfn, ByteBuffer page) {}

    BackupFixed(FrameReader frames, byte[] uuid, BootId bootId) {
        this.frames = frames;
        this.uuid = uuid;
        this.bootId = bootId;
    }

    /** Makes all pages. */
    void make(Root root, long frameCount) {
        superBlock(frameCount);
        long first = new FixedFrames(frames, uuid).sequenceLimit().orElseThrow().limit();
        long sequence = first + SEQUENCES_BETWEEN;
        slots(root, RootSlotLayout.KIND_FORCED, FileLayout.FORCED_SLOT_PFNS, sequence);
        slots(root, RootSlotLayout.KIND_CURRENT, FileLayout.CURRENT_SLOT_PFNS, sequence);
        ByteBuffer record = MetadataPage.allocate();
        SequenceRecordLayout.write(record, sequence + FileLayout.FORCED_SLOT_PFNS.size());
        sealed(FileLayout.SEQUENCE_RECORD_PFNS.getFirst(), record);
    }

    private void superBlock(long frameCount) {
        ByteBuffer newest =
                SuperBlockCopies.read(frames)
                        .newest()
                        .orElseThrow(
                                () ->
                                        StoreException.of(
                                                Errno.EIO, "no copy of the super block verifies"));
        ByteBuffer page = FrameBatch.copyOf(newest);
        SuperBlockLayout.frameCount(page, frameCount);
        MetadataPage.csum(page, checksum.ofSuperBlock(page));
        pages.add(new Fixed(FileLayout.SUPER_BLOCK_PFN, page));
    }

    private void slots(Root root, int kind, List<Long> pfns, long firstSequence) {
        for (int index = 0; index < pfns.size(); index++) {
            Root here = new Root(firstSequence + index, root.top(), root.level(), root.nodeCount());
            ByteBuffer page = MetadataPage.allocate();
            RootSlotLayout.write(page, kind, here.slot(Durability.PROCESS, bootId));
            sealed(pfns.get(index), page);
        }
    }

    private void sealed(long pfn, ByteBuffer page) {
        MetadataPage.csum(page, checksum.ofFixed(uuid, pfn, page));
        pages.add(new Fixed(pfn, page));
    }

    /** The next page in both its frames; false when there are no more. */
    boolean fill(BackupGroup group) {
        Fixed next = pages.poll();
        if (next == null) {
            return false;
        }
        group.clear("");
        group.content(next.pfn(), next.page());
        group.content(next.pfn() + FileLayout.SECOND_COPY_DISTANCE, next.page());
        return true;
    }
}
