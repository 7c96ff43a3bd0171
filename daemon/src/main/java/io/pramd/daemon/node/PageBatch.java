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
    private final List<MemorySegment> runs;
    private final boolean end;
    private final int count;
    private final Optional<Hole> hole;
    private final Optional<MappedMemory> copied;
    private final Runnable unpin;
    private final AtomicBoolean released = new AtomicBoolean();

    /** Where its pages are; for those to be copied, the memory to copy from. */
    record Frames(List<MemorySegment> runs, Optional<MappedMemory> copied) {
        static Frames present(List<MemorySegment> runs) {
            return new Frames(runs, Optional.empty());
        }
    }

    PageBatch(long firstPage, long[] table, Frames frames, boolean end, Runnable unpin) {
        this.firstPage = firstPage;
        this.count = table.length;
        this.table = table;
        this.runs = frames.runs();
        this.copied = frames.copied();
        this.end = end;
        this.hole = Optional.empty();
        this.unpin = unpin;
    }

    private PageBatch(long firstPage, int count, Hole hole, boolean end, Runnable unpin) {
        this.firstPage = firstPage;
        this.count = count;
        this.table = new long[0];
        this.runs = List.of();
        this.copied = Optional.empty();
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
        return runs;
    }

    /**
     * Whether the pages are to be copied by {@link #copyTo} and not sent from where they are: they
     * are few, and the kernel was not asked for them.
     */
    public boolean isCopied() {
        return copied.isPresent();
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
        for (MemorySegment run : runs) {
            copied.orElseThrow().copyOut(run, bytes.asSlice(offset, run.byteSize()));
            offset += run.byteSize();
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
