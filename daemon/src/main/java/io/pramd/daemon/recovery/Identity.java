package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.InlineEntries;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.memory.SuperBlockCopies;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Immutable. What the super block says of a file that we can work with.
 *
 * @param frameCount frames the file should have
 * @param uuid 16 bytes
 * @param inlineEntries which streams have their entries in the node page
 * @param damage what is wrong with one of the copies; empty when both are whole
 * @param badCopies the frames of copies that do not verify
 */
public record Identity(
        long frameCount,
        byte[] uuid,
        InlineEntries inlineEntries,
        List<String> damage,
        List<Long> badCopies) {

    /**
     * Reads the super block from the copy that counts.
     *
     * @throws StoreException EINVAL when this is no memory file, or one of another version or with
     *     unknown features; EIO when it was one, and neither copy is whole
     */
    public static Identity read(FrameReader frames) {
        return read(frames, true);
    }

    /** As {@link #read} of a file that is only looked at: features that writers mind are fine. */
    public static Identity readToLook(FrameReader frames) {
        return read(frames, false);
    }

    private static Identity read(FrameReader frames, boolean isToBeChanged) {
        SuperBlockCopies copies = SuperBlockCopies.read(frames);
        ByteBuffer whole =
                copies.newest()
                        .orElseThrow(
                                () ->
                                        copies.hasMagic()
                                                ? StoreException.of(
                                                        Errno.EIO,
                                                        "no copy of the super block verifies: "
                                                                + copies.damage())
                                                : StoreException.of(
                                                        Errno.EINVAL,
                                                        "not a memory file: no super block at"
                                                                + " frame 0 or 512"));
        requireUsable(whole, isToBeChanged);
        return new Identity(
                SuperBlockLayout.frameCount(whole),
                SuperBlockLayout.uuid(whole),
                SuperBlockLayout.inlineEntries(whole),
                copies.damage(),
                copies.badPfns());
    }

    private static void requireUsable(ByteBuffer page, boolean isToBeChanged) {
        long version = SuperBlockLayout.formatVersion(page);
        if (version != FileLayout.FORMAT_VERSION) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "memory file has format version "
                            + version
                            + ", this pramd knows version "
                            + FileLayout.FORMAT_VERSION);
        }
        if (SuperBlockLayout.featuresUnknown(page) != 0
                || isToBeChanged && SuperBlockLayout.featuresReadOnly(page) != 0) {
            throw StoreException.of(
                    Errno.EINVAL,
                    String.format(
                            "memory file has features this pramd does not know: incompatible=%x"
                                    + " readOnly=%x",
                            SuperBlockLayout.featuresUnknown(page),
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
