package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.ReferenceCounts;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.NodePageReader;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.node.Root.PageRef;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One owner. A new directory for a file of which some directory page is lost in both copies, under
 * every root. Nodes of readable leaves keep their slots. Node pages that verify and that none of
 * them names get a leaf entry with their sum inverted: whether such a node was removed before
 * nobody can tell any more, so it comes back quarantined, never under its name.
 */
final class LostDirectory {
    private final FrameReader frames;
    private final byte[] uuid;
    private final ReferenceCounts claimed;
    private final TreePages pages;
    private final NodePageReader nodePages;
    private final PageChecksum checksum = new PageChecksum();
    private final ByteBuffer page = MetadataPage.allocate();
    private final DirectoryTree tree;
    private final Map<Long, Long> streamOfFirstFrame = new HashMap<>();
    private int nextSlot; // all before it are in use
    private int kept;
    private int found;

    LostDirectory(FrameReader frames, byte[] uuid, long frameCount) {
        this.frames = frames;
        this.uuid = uuid;
        this.claimed = new ReferenceCounts(frameCount);
        this.pages = new TreePages(frames, uuid, frameCount, checksum);
        this.nodePages = new NodePageReader(frames, uuid, frameCount);
        this.tree = new DirectoryTree(uuid);
    }

    /** A node page that no readable leaf names. */
    private record Stray(long pfn, long sequence, int tag, int csum, Chain chain) {}

    /**
     * Plans the pages of a new tree; the root that is returned is in no slot yet.
     *
     * @param newest the root whose readable part is kept
     * @throws StoreException ENOMEM when too few frames are left that nothing reaches
     */
    Root rebuild(Root newest, long sequence, RepairPlan plan) {
        keep(newest.level(), 0, newest.top());
        claimNodes();
        strays().forEach(this::quarantine);
        Root root = tree.storeWhole(freeFrames(tree.framesForAll()), sequence, plan::page);
        plan.step(
                "the directory is built anew: nodes kept="
                        + kept
                        + ", found and quarantined="
                        + found);
        return root;
    }

    private void keep(int level, int index, PageRef ref) {
        boolean isBeyond = (long) index * DirectoryLayout.ENTRIES > claimed.frameCount();
        if (isBeyond || !pages.readGood(level, ref, page)) {
            return;
        }
        claimed.retain(ref.pfn1());
        if (ref.pfn2() > 0 && ref.pfn2() < claimed.frameCount()) {
            claimed.retain(ref.pfn2());
        }
        int first = index * DirectoryLayout.ENTRIES;
        if (level == 0) {
            keepLeaf(first);
            return;
        }
        PageRef[] children = new PageRef[DirectoryLayout.ENTRIES];
        for (int entry = 0; entry < children.length; entry++) {
            children[entry] = TreePages.innerEntry(page, entry);
        }
        for (int entry = 0; entry < children.length; entry++) {
            if (children[entry].exists()) {
                keep(level - 1, first + entry, children[entry]);
            }
        }
    }

    private void keepLeaf(int first) {
        for (int entry = 0; entry < DirectoryLayout.ENTRIES; entry++) {
            PageRef node = TreePages.leafEntry(page, entry);
            if (node.exists()) {
                int tag = DirectoryLayout.leafTag(page, entry);
                tree.leaves().set(first + entry, tag, node.csum(), node.pfn1());
                kept++;
            }
        }
    }

    private void claimNodes() {
        LeafEntries leaves = tree.leaves();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            long pfn = leaves.pfn(slot);
            if (pfn <= 0 || pfn >= claimed.frameCount()) {
                continue;
            }
            claimed.retain(pfn);
            try {
                nodePages.read(pfn, leaves.csum(slot), page);
                claimChain(Chain.of(page));
            } catch (StoreException e) {
                // it is quarantined at the next start, as it would be without a repair
                continue;
            }
        }
    }

    /** Claims what a chain reaches up to its first link that does not verify. */
    private void claimChain(Chain chain) {
        ChainReader links = new ChainReader(frames, uuid, claimed.frameCount(), chain);
        while (links.hasNext()) {
            links.next();
            if (links.hasFrame()) {
                claimed.retain(links.pfn());
            }
            for (int entry = 0; entry < links.entries(); entry++) {
                claimed.retain(links.entryPfn(entry));
            }
        }
    }

    /** Node pages that verify by themselves, the newest first: what is older may be overwritten. */
    private List<Stray> strays() {
        List<Stray> strays = new ArrayList<>();
        for (long pfn = FileLayout.FIXED_FRAMES; pfn < claimed.frameCount(); pfn++) {
            if (claimed.count(pfn) == 0 && !FileLayout.isFixed(pfn) && isNodePage(pfn)) {
                int tag = checksum.ofName(NodeLayout.name(page));
                strays.add(
                        new Stray(
                                pfn,
                                NodeLayout.sequence(page),
                                tag,
                                MetadataPage.csum(page),
                                Chain.of(page)));
            }
        }
        strays.sort(Comparator.comparingLong(Stray::sequence).reversed());
        return strays;
    }

    private boolean isNodePage(long pfn) {
        try {
            frames.read(pfn, page);
            if (MetadataPage.magic(page) != Magic.NODE.number()) {
                return false;
            }
            nodePages.read(pfn, MetadataPage.csum(page), page);
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    private void quarantine(Stray stray) {
        if (claimed.count(stray.pfn()) > 0 || !hasItsPages(stray.chain())) {
            return; // removed long ago: its frames hold something else now
        }
        while (tree.leaves().isUsed(nextSlot)) {
            nextSlot++;
        }
        tree.leaves().set(nextSlot, stray.tag(), ~stray.csum(), stray.pfn());
        claimed.retain(stray.pfn());
        streamOfFirstFrame.put(firstFrame(stray.chain()), stray.chain().streamSequence());
        try {
            claimChain(stray.chain());
        } catch (StoreException e) {
            // what is behind the break is lost with it
        }
        found++;
    }

    /** The frame of the first link, or of the first page where there are none. */
    private static long firstFrame(Chain chain) {
        return chain.isInlined() ? chain.inlined()[1] : chain.firstLinkPfn();
    }

    /** Whether the first link, or any page where there are none, is still this stream's. */
    private boolean hasItsPages(Chain chain) {
        if (chain.pages() == 0) {
            return true;
        }
        Long owner = streamOfFirstFrame.get(firstFrame(chain));
        if (owner != null) {
            return owner == chain.streamSequence(); // a clone
        }
        return chain.isInlined() ? hasAnyPage(chain) : hasItsFirstLink(chain);
    }

    private boolean hasAnyPage(Chain chain) {
        ChainReader entries = new ChainReader(frames, uuid, claimed.frameCount(), chain);
        entries.next();
        boolean isAnyWhole = false;
        for (int entry = 0; entry < entries.entries(); entry++) {
            if (claimed.count(entries.entryPfn(entry)) > 0) {
                return false;
            }
            isAnyWhole |= isWhole(entries.entryPfn(entry), entries.entryCsum(entry));
        }
        return isAnyWhole;
    }

    private boolean isWhole(long pfn, int csum) {
        try {
            frames.read(pfn, page);
            return checksum.ofPage(page) == csum;
        } catch (StoreException e) {
            return false; // the next start will not find it either
        }
    }

    private boolean hasItsFirstLink(Chain chain) {
        try {
            new ChainReader(frames, uuid, claimed.frameCount(), chain).next();
            return claimed.count(chain.firstLinkPfn()) == 0;
        } catch (StoreException e) {
            return false;
        }
    }

    private long[] freeFrames(int count) {
        long[] free = new long[count];
        int taken = 0;
        for (long pfn = FileLayout.FIXED_FRAMES;
                taken < count && pfn < claimed.frameCount();
                pfn++) {
            if (claimed.count(pfn) == 0 && !FileLayout.isFixed(pfn)) {
                free[taken++] = pfn;
            }
        }
        if (taken < count) {
            throw StoreException.of(
                    Errno.ENOMEM,
                    "too few free frames for a new directory: needed=" + count + " free=" + taken);
        }
        return free;
    }
}
