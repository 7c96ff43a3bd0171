package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.node.Root.PageRef;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One owner. Walks a readable tree and plans each copy that does not verify to be stored anew from
 * its whole twin: both copies of a directory page are equal, byte for byte.
 */
final class TwinRepair {
    private final TreePages pages;
    private final RepairPlan plan;
    private final ByteBuffer page = MetadataPage.allocate();

    TwinRepair(FrameReader frames, byte[] uuid, long frameCount, RepairPlan plan) {
        this.pages = new TreePages(frames, uuid, frameCount, new PageChecksum());
        this.plan = plan;
    }

    void walk(Root root) {
        repair(root.level(), 0, root.top());
    }

    private void repair(int level, long index, PageRef ref) {
        Optional<String> second = pages.fault(level, ref, ref.pfn2(), page);
        if (second.isEmpty() && pages.fault(level, ref, ref.pfn1(), page).isPresent()) {
            pages.readGood(level, ref, page);
            copy(level, index, ref.pfn2(), ref.pfn1());
        } else if (second.isPresent() && pages.readGood(level, ref, page)) {
            copy(level, index, ref.pfn1(), ref.pfn2());
        }
        if (level == 0) {
            return;
        }
        // the scratch page is used again below, so the children are taken out of it first
        PageRef[] children = new PageRef[DirectoryLayout.ENTRIES];
        for (int entry = 0; entry < children.length; entry++) {
            children[entry] = TreePages.innerEntry(page, entry);
        }
        for (int entry = 0; entry < children.length; entry++) {
            if (children[entry].exists()) {
                repair(level - 1, index * DirectoryLayout.ENTRIES + entry, children[entry]);
            }
        }
    }

    private void copy(int level, long index, long from, long to) {
        if (plan.pages().containsKey(to)) {
            return; // a page that several roots reach
        }
        plan.page(to, page);
        plan.step(
                "frame "
                        + to
                        + ": directory page level="
                        + level
                        + " index="
                        + index
                        + " stored anew from its twin in frame "
                        + from);
    }
}
