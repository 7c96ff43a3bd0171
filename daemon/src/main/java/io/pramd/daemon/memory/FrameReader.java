package io.pramd.daemon.memory;

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
}
