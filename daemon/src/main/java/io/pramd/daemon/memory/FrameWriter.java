package io.pramd.daemon.memory;

import java.nio.ByteBuffer;

/** Stores whole frames of a memory file, at once or as a plan. */
@FunctionalInterface
public interface FrameWriter {

    /**
     * Stores a heap page into one frame.
     *
     * @throws StoreException EIO when the frame has lost its backing
     */
    void store(long pfn, ByteBuffer page);
}
