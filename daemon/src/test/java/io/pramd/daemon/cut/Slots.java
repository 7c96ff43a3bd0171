package io.pramd.daemon.cut;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.memory.PageChecksum;
import java.nio.ByteBuffer;

/** Immutable. Root slots as they would be elsewhere, or under another sequence. */
final class Slots {
    private Slots() {}

    /** The slot in a frame of the file of the sink, with a right sum. */
    static Page at(int firstCopyPfn, Page slot, Omission.Sink sink) {
        return sealed(firstCopyPfn, buffer(slot), sink);
    }

    static long sequence(Page slot) {
        return RootSlotLayout.read(buffer(slot)).sequence();
    }

    /** The slot under another sequence. */
    static Page withSequence(int firstCopyPfn, Page slot, long sequence, Omission.Sink sink) {
        ByteBuffer page = buffer(slot);
        RootSlotLayout.Slot old = RootSlotLayout.read(page);
        RootSlotLayout.Slot changed =
                new RootSlotLayout.Slot(
                        old.durability(),
                        sequence,
                        old.bootId(),
                        old.rootPfn1(),
                        old.rootPfn2(),
                        old.rootCsum(),
                        old.rootLevel(),
                        old.nodeCount());
        RootSlotLayout.write(page, RootSlotLayout.kind(page), changed);
        return sealed(firstCopyPfn, page, sink);
    }

    private static ByteBuffer buffer(Page page) {
        return MetadataPage.allocate().put(page.bytes()).clear();
    }

    private static Page sealed(int firstCopyPfn, ByteBuffer page, Omission.Sink sink) {
        byte[] uuid = SuperBlockLayout.uuid(buffer(sink.cached(0)));
        MetadataPage.csum(page, new PageChecksum().ofFixed(uuid, firstCopyPfn, page));
        return new Page(page.array());
    }
}
