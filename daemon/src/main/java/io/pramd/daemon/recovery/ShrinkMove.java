package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.PageChecksum.LinkPlace;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.NodePageReader;
import io.pramd.daemon.node.Root;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One owner. Copies all that lies behind the new end of a file into free frames before it, with the
 * metadata that leads there, and builds a tree of it. Whatever is reached now stays as it is.
 */
final class ShrinkMove {
    private final RestingFile file;
    private final byte[] uuid;
    private final long end;
    private final ShrinkSurvey survey;
    private final PageChecksum checksum = new PageChecksum();
    private final MovedFrames moved = new MovedFrames();
    private final NodePageReader nodePages;
    private final ChainReader links;
    private final ByteBuffer nodePage = MetadataPage.allocate();
    private final ByteBuffer page = MetadataPage.allocate();
    private final List<Long> remains = new ArrayList<>();
    private long nextFree = FileLayout.FIXED_FRAMES;

    /**
     * @param frameCount that the file has
     * @param end that it shall have
     */
    ShrinkMove(RestingFile file, byte[] uuid, long frameCount, long end, ShrinkSurvey survey) {
        this.file = file;
        this.uuid = uuid;
        this.end = end;
        this.survey = survey;
        nodePages = new NodePageReader(file, uuid, frameCount);
        links = new ChainReader(file, uuid, frameCount, new Chain(0, 0, 0));
    }

    /** Pages of metadata before the new end that the new tree does not reach any more. */
    List<Long> remains() {
        return remains;
    }

    /** Whether a frame before the new end was free and is yet, behind {@link #run}. */
    boolean isLeftFree(long pfn) {
        return pfn >= nextFree && !survey.isReached(pfn); // they are taken in order
    }

    /** The new tree, stored; in no slot yet. */
    Root run(DirectoryTree tree, long sequence) {
        DirectoryTree smaller = new DirectoryTree(uuid);
        LeafEntries leaves = tree.leaves();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            long pfn = leaves.pfn(slot);
            int csum = leaves.csum(slot);
            nodePages.read(pfn, csum, nodePage);
            if (moveNode(pfn)) {
                pfn = moved.of(pfn);
                csum = MetadataPage.csum(nodePage);
            }
            smaller.leaves().set(slot, leaves.tag(slot), csum, pfn);
        }
        tree.forEachPage(
                ref -> {
                    remain(ref.pfn1());
                    remain(ref.pfn2());
                });
        long[] frames = new long[smaller.framesForAll()];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = takeFree();
        }
        return smaller.storeWhole(frames, sequence, file);
    }

    private void remain(long pfn) {
        if (pfn < end) {
            remains.add(pfn);
        }
    }

    private long takeFree() {
        while (nextFree < end && (FileLayout.isFixed(nextFree) || survey.isReached(nextFree))) {
            nextFree++;
        }
        if (nextFree == end) {
            throw StoreException.of(Errno.ENOMEM, "no frame left before the new end: end=" + end);
        }
        return nextFree++;
    }

    /** The node in the page; answers whether it is in another frame now. */
    private boolean moveNode(long pfn) {
        Chain chain = Chain.of(nodePage);
        boolean isChanged = chain.isInlined() ? moveInlined(chain) : moveChain(chain);
        if (!isChanged && pfn < end) {
            return false;
        }
        long newPfn = takeFree();
        moved.put(pfn, newPfn);
        remain(pfn);
        MetadataPage.csum(
                nodePage, checksum.ofNode(uuid, newPfn, NodeLayout.sequence(nodePage), nodePage));
        file.store(newPfn, nodePage);
        return true;
    }

    private boolean moveInlined(Chain chain) {
        links.begin(chain);
        links.next();
        boolean isChanged = false;
        for (int entry = 0; entry < links.entries(); entry++) {
            long newPfn = moveData(links.entryPfn(entry));
            if (newPfn != links.entryPfn(entry)) {
                NodeLayout.inlineEntry(
                        nodePage, entry, links.entryFlags(entry), links.entryCsum(entry), newPfn);
                isChanged = true;
            }
        }
        return isChanged;
    }

    /** Of data only what lies behind the end moves. */
    private long moveData(long pfn) {
        if (pfn < end) {
            return pfn;
        }
        if (moved.of(pfn) == 0) {
            long newPfn = takeFree();
            file.read(pfn, page);
            file.store(newPfn, page);
            moved.put(pfn, newPfn);
        }
        return moved.of(pfn);
    }

    /**
     * The links up to the last one that is, or names, a frame behind the end are written anew: each
     * says where the next one is.
     */
    private boolean moveChain(Chain chain) {
        List<Long> pfns = new ArrayList<>();
        int changed = 0;
        links.begin(chain);
        while (links.hasNext()) {
            links.next();
            pfns.add(links.pfn());
            boolean isBehind = links.pfn() >= end;
            for (int entry = 0; entry < links.entries(); entry++) {
                isBehind |= moveData(links.entryPfn(entry)) != links.entryPfn(entry);
            }
            changed = isBehind ? pfns.size() : changed;
        }
        if (changed == 0) {
            return false;
        }
        boolean isOfAnotherNodeToo = moved.of(pfns.getFirst()) != 0;
        if (!isOfAnotherNodeToo) {
            for (long pfn : pfns.subList(0, changed)) {
                moved.put(pfn, takeFree());
                remain(pfn);
            }
            for (int position = 0; position < changed; position++) {
                storeLink(pfns, position, chain.streamSequence());
            }
        }
        NodeLayout.linkPfn(nodePage, moved.of(pfns.getFirst()));
        return true;
    }

    private void storeLink(List<Long> pfns, int position, long streamSequence) {
        long newPfn = moved.of(pfns.get(position));
        file.read(pfns.get(position), page);
        ByteBuffer link = FrameBatch.copyOf(page);
        for (int entry = 0; entry < LinkLayout.entriesInUse(link); entry++) {
            LinkLayout.entry(
                    link,
                    entry,
                    LinkLayout.entryFlags(link, entry),
                    LinkLayout.entryCsum(link, entry),
                    moveData(LinkLayout.entryPfn(link, entry)));
        }
        if (position + 1 < pfns.size()) {
            long next = pfns.get(position + 1);
            LinkLayout.linkPfn(link, moved.of(next) == 0 ? next : moved.of(next));
        }
        LinkPlace place = new LinkPlace(newPfn, streamSequence, position);
        MetadataPage.csum(link, checksum.ofLink(uuid, place, link));
        file.store(newPfn, link);
    }
}
