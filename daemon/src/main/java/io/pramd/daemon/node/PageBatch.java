package io.pramd.daemon.node;

import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Thread-safe. Adjacent pages of a stream, mapped, ready to be sent or copied. Their frames stay as
 * they are until {@link #release}, whatever becomes of the node meanwhile.
 */
public final class PageBatch {
    private final long firstPage;
    private final long[] table;
    private final boolean end;
    private final int count;
    private final Optional<Hole> hole;
    private final Frames frames;
    private final Runnable unpin;
    private final AtomicBoolean released = new AtomicBoolean();

    /**
     * Where its pages are.
     *
     * @param memory that is mapped; empty: they are in the heap
     * @param isCopied whether the kernel was not asked for them, so that they must be copied
     */
    record Frames(List<MemorySegment> runs, Optional<MappedMemory> memory, boolean isCopied) {
        static Frames ofHeap(List<MemorySegment> runs) {
            return new Frames(runs, Optional.empty(), false);
        }
    }

    PageBatch(long firstPage, long[] table, Frames frames, boolean end, Runnable unpin) {
        this.firstPage = firstPage;
        this.count = table.length;
        this.table = table;
        this.frames = frames;
        this.end = end;
        this.hole = Optional.empty();
        this.unpin = unpin;
    }

    private PageBatch(long firstPage, int count, Hole hole, boolean end, Runnable unpin) {
        this.firstPage = firstPage;
        this.count = count;
        this.table = new long[0];
        this.frames = Frames.ofHeap(List.of());
        this.end = end;
        this.hole = Optional.of(hole);
        this.unpin = unpin;
    }

    /** Pages that are not there. */
    static PageBatch ofHole(long firstPage, int count, Hole hole, boolean end, Runnable unpin) {
        return new PageBatch(firstPage, count, hole, end, unpin);
    }

    public long firstPage() {
        return firstPage;
    }

    public int count() {
        return count;
    }

    /** Why none of these pages is here; empty when all are. Only a salvage has holes. */
    public Optional<Hole> hole() {
        return hole;
    }

    /** Whether no page of the stream follows. */
    public boolean end() {
        return end;
    }

    /**
     * One number a page: flags in the low half, CRC32C in the high half. Not to be changed; another
     * batch's after {@link #release}.
     */
    public long[] table() {
        return table;
    }

    /** The pages' bytes in order, together count x 4096, as few pieces as their frames allow. */
    public List<MemorySegment> runs() {
        return frames.runs();
    }

    /**
     * Whether the pages must be copied by {@link #copyTo} and not sent from where they are: they
     * are few, and the kernel was not asked for them.
     */
    public boolean isCopied() {
        return frames.isCopied();
    }

    /**
     * Copies all pages in order.
     *
     * @param target direct or not, with room for count x 4096 bytes; its position stays
     * @throws StoreException EIO when a frame has lost its backing
     */
    public void copyTo(ByteBuffer target) {
        MemorySegment bytes = MemorySegment.ofBuffer(target);
        long offset = 0;
        for (MemorySegment run : frames.runs()) {
            copy(run, bytes.asSlice(offset, run.byteSize()));
            offset += run.byteSize();
        }
    }

    private void copy(MemorySegment run, MemorySegment target) {
        if (frames.memory().isPresent()) {
            frames.memory().get().copyOut(run, target);
        } else {
            target.copyFrom(run);
        }
    }

    /**
     * Gives the pin back, once the last byte has been handed to the kernel. May be called again.
     */
    public void release() {
        if (released.compareAndSet(false, true)) {
            unpin.run();
        }
    }
}
