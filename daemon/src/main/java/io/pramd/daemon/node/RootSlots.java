package io.pramd.daemon.node;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.PageChecksum;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One owner. The slots of one kind, written in turn: never the one that holds the newest valid root
 * of the kind, so a kill in the middle of a store leaves the newest root whole.
 */
public final class RootSlots {
    private final List<Long> pfns;
    private final int kind;
    private final Writer writer;
    private int newest;

    /** What is the same for every fixed frame written. */
    public record Writer(MappedMemory memory, byte[] uuid, BootId bootId) {

        /** Sums a page and stores it into a fixed frame and its second copy. */
        public void storeBoth(long pfn, ByteBuffer page) {
            MetadataPage.csum(page, new PageChecksum().ofFixed(uuid, pfn, page));
            memory.store(pfn, page);
            // without the fence the JIT could mix the stores of both copies, and a kill tear both
            VarHandle.releaseFence();
            memory.store(pfn + FileLayout.SECOND_COPY_DISTANCE, page);
        }

        /** Forces a fixed frame and its second copy. */
        public void forceBoth(long pfn) {
            memory.forcer().forceBothCopies(pfn);
        }
    }

    private RootSlots(List<Long> pfns, int kind, Writer writer, int newest) {
        this.pfns = pfns;
        this.kind = kind;
        this.writer = writer;
        this.newest = newest;
    }

    /**
     * The current slots.
     *
     * @param newest 0 or 1: the slot that must not be written next
     */
    public static RootSlots current(Writer writer, int newest) {
        return new RootSlots(
                FileLayout.CURRENT_SLOT_PFNS, RootSlotLayout.KIND_CURRENT, writer, newest);
    }

    /** The forced slots; {@code newest} as in {@link #current}. */
    public static RootSlots forced(Writer writer, int newest) {
        return new RootSlots(
                FileLayout.FORCED_SLOT_PFNS, RootSlotLayout.KIND_FORCED, writer, newest);
    }

    /**
     * Stores a root into the slot whose turn it is, both copies, behind all stores that came
     * before.
     *
     * @param durability the strongest level that somebody asks of it
     */
    public void storeNext(Root root, Durability durability) {
        ByteBuffer page = MetadataPage.allocate();
        RootSlotLayout.write(page, kind, root.slot(durability, writer.bootId()));
        // all that the root reaches must have been stored before the first byte of the slot: the
        // compiler and the JIT
        // may not move those stores behind this fence, and a killed thread has executed its
        // instructions in order
        VarHandle.releaseFence();
        int next = 1 - newest;
        writer.storeBoth(pfns.get(next), page);
        VarHandle.releaseFence();
        newest = next;
    }

    /** Forces the slot stored last. */
    public void forceNewest() {
        writer.forceBoth(pfns.get(newest));
    }
}
