package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.Extent;
import io.pramd.daemon.memory.MappedMemory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * One owner: the stream's. The first pages of a stream to a device, in the heap until the commit
 * stores them. Frames for a few pages so need neither be populated by another thread nor be stored
 * through the mapping, which would have the kernel write back far more than they are.
 */
final class StagedPages {
    /** Frames of a stream, at most: 64 KiB, and what a stream that declares nothing begins with. */
    static final int FRAMES_MAX = 16;

    private final Extent frames;
    private final byte[] bytes;

    StagedPages(Extent frames) {
        this.frames = frames;
        this.bytes = new byte[frames.frames() * FileLayout.FRAME_BYTES];
    }

    /** Where they are until they are stored. */
    MemorySegment window() {
        return MemorySegment.ofArray(bytes);
    }

    /**
     * Stores those that have come; the frames behind them may be somebody else's.
     *
     * @param pages of the whole stream
     */
    void store(MappedMemory memory, long pages) {
        int come = (int) Math.min(pages, frames.frames());
        memory.write(frames.pfn(), ByteBuffer.wrap(bytes, 0, come * FileLayout.FRAME_BYTES));
    }
}
