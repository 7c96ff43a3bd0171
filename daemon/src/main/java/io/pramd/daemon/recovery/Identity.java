package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. What the super block says of a file that we can work with.
 *
 * @param frameCount frames the file should have
 * @param uuid 16 bytes
 * @param damage what is wrong with one of the copies; empty when both are whole
 * @param badCopies the frames of copies that do not verify
 */
public record Identity(long frameCount, byte[] uuid, List<String> damage, List<Long> badCopies) {

    private static final List<Long> COPIES =
            List.of(
                    FileLayout.SUPER_BLOCK_PFN,
                    FileLayout.SUPER_BLOCK_PFN + FileLayout.SECOND_COPY_DISTANCE);

    /**
     * Reads the super block from its first whole copy.
     *
     * @throws StoreException EINVAL when this is no memory file, or one of another version or with
     *     unknown features; EIO when it was one, and neither copy is whole
     */
    public static Identity read(FrameReader frames) {
        List<String> damage = new ArrayList<>();
        List<Long> badCopies = new ArrayList<>();
        ByteBuffer whole = null;
        boolean hasMagic = false;
        for (long pfn : COPIES) {
            ByteBuffer page = MetadataPage.allocate();
            try {
                frames.read(pfn, page);
            } catch (StoreException e) {
                damage.add("super block copy at frame " + pfn + ": " + e.getMessage());
                badCopies.add(pfn);
                continue;
            }
            boolean isMagic = MetadataPage.magic(page) == Magic.SUPER_BLOCK.number();
            hasMagic |= isMagic;
            if (isMagic && MetadataPage.csum(page) == new PageChecksum().ofSuperBlock(page)) {
                whole = whole == null ? page : whole;
            } else {
                damage.add("super block copy at frame " + pfn + " does not verify");
                badCopies.add(pfn);
            }
        }
        if (whole == null) {
            throw hasMagic
                    ? StoreException.of(Errno.EIO, "no copy of the super block verifies: " + damage)
                    : StoreException.of(
                            Errno.EINVAL, "not a memory file: no super block at frame 0 or 512");
        }
        requireUsable(whole);
        return new Identity(
                SuperBlockLayout.frameCount(whole),
                SuperBlockLayout.uuid(whole),
                List.copyOf(damage),
                List.copyOf(badCopies));
    }

    private static void requireUsable(ByteBuffer page) {
        long version = SuperBlockLayout.formatVersion(page);
        if (version != FileLayout.FORMAT_VERSION) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "memory file has format version "
                            + version
                            + ", this pramd knows version "
                            + FileLayout.FORMAT_VERSION);
        }
        if (SuperBlockLayout.featuresIncompatible(page) != 0
                || SuperBlockLayout.featuresReadOnly(page) != 0) {
            throw StoreException.of(
                    Errno.EINVAL,
                    String.format(
                            "memory file has features this pramd does not know: incompatible=%x"
                                    + " readOnly=%x",
                            SuperBlockLayout.featuresIncompatible(page),
                            SuperBlockLayout.featuresReadOnly(page)));
        }
        long frameCount = SuperBlockLayout.frameCount(page);
        if (SuperBlockLayout.pageSize(page) != FileLayout.FRAME_BYTES
                || frameCount < FileLayout.FRAMES_MIN
                || frameCount > FileLayout.FRAMES_MAX) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "memory file's sizes are out of range: pageSize="
                            + SuperBlockLayout.pageSize(page)
                            + " frames="
                            + frameCount);
        }
    }
}
