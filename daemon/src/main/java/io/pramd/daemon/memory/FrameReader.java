package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import java.nio.ByteBuffer;

/** Reads whole frames of a memory file, whether it is mapped by a daemon or only looked at. */
@FunctionalInterface
public interface FrameReader {

    /**
     * Reads one frame into a heap page.
     *
     * @throws StoreException EIO when the file ends before it or the device cannot read it
     */
    void read(long pfn, ByteBuffer page);

    /**
     * Reads adjacent frames from {@code pfn} on into a heap buffer of whole pages, as far as it has
     * room.
     *
     * @throws StoreException EIO when one of them cannot be read
     */
    default void readRun(long pfn, ByteBuffer pages) {
        for (int at = pages.position(); at < pages.limit(); at += FileLayout.FRAME_BYTES) {
            read(
                    pfn + (at - pages.position()) / FileLayout.FRAME_BYTES,
                    pages.slice(at, FileLayout.FRAME_BYTES));
        }
    }
}
