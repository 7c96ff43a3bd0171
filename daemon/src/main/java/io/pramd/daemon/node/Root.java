package io.pramd.daemon.node;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.RootSlotLayout;

/**
 * Immutable. A directory tree that is or was in force.
 *
 * @param sequence drawn for the commit that made it
 * @param top where its top page is
 * @param level of the top page; 0 is a leaf
 * @param nodeCount leaf entries in use
 */
public record Root(long sequence, PageRef top, int level, long nodeCount) {

    /**
     * A directory page as its parent names it.
     *
     * @param csum the page's own checksum
     * @param pfn1 its first copy; 0: there is no such page
     * @param pfn2 its second copy
     */
    public record PageRef(int csum, long pfn1, long pfn2) {
        public static final PageRef NONE = new PageRef(0, 0, 0);

        public boolean exists() {
            return pfn1 != 0;
        }
    }

    public static Root of(RootSlotLayout.Slot slot) {
        return new Root(
                slot.sequence(),
                new PageRef(slot.rootCsum(), slot.rootPfn1(), slot.rootPfn2()),
                slot.rootLevel(),
                slot.nodeCount());
    }

    /** The same tree under another sequence. */
    public Root withSequence(long newSequence) {
        return new Root(newSequence, top, level, nodeCount);
    }

    /** Whether it is the same tree in the same frames, under whatever sequence. */
    public boolean isSameTree(Root other) {
        return withSequence(other.sequence()).equals(other);
    }

    public RootSlotLayout.Slot slot(Durability durability, BootId bootId) {
        return new RootSlotLayout.Slot(
                durability.number(),
                sequence,
                bootId,
                top.pfn1(),
                top.pfn2(),
                top.csum(),
                level,
                nodeCount);
    }
}
