package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.DamagedNodePage;
import io.pramd.daemon.node.KeptChain;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.LostChain;
import io.pramd.daemon.node.NodePageReader;
import io.pramd.daemon.node.QuarantinedNode;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One owner. Goes over the nodes of a root, group by group: a node page, or a link with the pages
 * that it names. Of a damaged node all that is kept of it, and what does not verify as it is, so
 * that the copy is as damaged, and as far to be salvaged.
 */
final class BackupNodes {
    private final FileView file;
    private final LeafEntries leaves;
    private final Map<Long, QuarantinedNode> quarantined = new HashMap<>();
    private final Consumer<String> damaged;
    private final NodePageReader nodePages;
    private final ChainReader links;
    private String name = "";
    private long nodePfn;
    private int slot;
    private Chain chain; // null: none is open
    private KeptChain kept; // of a damaged one
    private int keptIndex;

    /**
     * @param known damaged nodes, some of which the root may have
     * @param damaged hears of each node with a page of metadata that does not verify
     */
    BackupNodes(
            FileView file,
            LeafEntries leaves,
            List<QuarantinedNode> known,
            Consumer<String> damaged) {
        this.file = file;
        this.leaves = leaves;
        this.damaged = damaged;
        known.forEach(node -> quarantined.put(node.pfn(), node));
        nodePages = new NodePageReader(file.frames(), file.uuid(), file.frameCount());
        links = new ChainReader(file.frames(), file.uuid(), file.frameCount(), new Chain(0, 0, 0));
        slot = leaves.nextUsed(0);
    }

    /** The frames of a file, and what their sums are bound to. */
    record FileView(FrameReader frames, byte[] uuid, long frameCount) {
        boolean isUsable(long pfn) {
            return pfn > 0 && pfn < frameCount && !FileLayout.isFixed(pfn);
        }
    }

    /** The next frames, perhaps none; false when there are no more. */
    boolean fill(BackupGroup group) {
        group.clear(name);
        if (kept != null) {
            nextKept(group);
            return true;
        }
        if (chain != null) {
            nextLink(group);
            return true;
        }
        if (slot < 0) {
            return false;
        }
        nodePage(group, leaves.pfn(slot), leaves.csum(slot));
        slot = leaves.nextUsed(slot + 1);
        return true;
    }

    private void nodePage(BackupGroup group, long pfn, int csum) {
        nodePfn = pfn;
        QuarantinedNode damage = quarantined.get(pfn);
        ByteBuffer page = MetadataPage.allocate();
        try {
            nodePages.read(pfn, csum, page);
        } catch (StoreException e) {
            name = damage == null ? "" : damage.name();
            group.clear(name);
            addRaw(group, pfn);
            damaged.accept("node is damaged: name=" + name + " pfn=" + pfn + ": " + e.getMessage());
            keep(damage, () -> lost(pfn, csum));
            return;
        }
        name = NodeLayout.name(page);
        group.clear(name);
        group.content(pfn, page);
        chain = Chain.of(page);
        links.begin(chain);
        endIfDone();
    }

    private Optional<LostChain> lost(long pfn, int csum) {
        return new DamagedNodePage(file.frames(), file.uuid(), file.frameCount(), pfn).stream(csum);
    }

    private void nextLink(BackupGroup group) {
        try {
            links.next();
            addLink(group);
            endIfDone();
        } catch (StoreException e) {
            long position = links.position() + 1;
            damaged.accept(
                    "node is damaged: name=" + name + " link=" + position + ": " + e.getMessage());
            addRaw(group, links.nextPfn());
            Chain whole = chain;
            chain = null;
            keep(quarantined.get(nodePfn), () -> Optional.of(followed(whole)));
        }
    }

    private LostChain followed(Chain whole) {
        LostChain stream = LostChain.of(file.frames(), file.uuid(), file.frameCount(), whole);
        stream.follow();
        return stream;
    }

    /** Goes on with what is known to be left, or what can be found near by. */
    private void keep(QuarantinedNode damage, Supplier<Optional<LostChain>> search) {
        kept =
                damage != null && damage.node().kept() != null
                        ? damage.node().kept()
                        : search.get().map(LostChain::settle).orElseGet(KeptChain::none);
        keptIndex = 0;
        links.begin(kept.chain());
        if (kept.links() == 0) {
            kept = null;
        }
    }

    private void nextKept(BackupGroup group) {
        int index = keptIndex++;
        links.jumpTo(kept.position(index), kept.pfn(index));
        try {
            links.next();
            addLink(group);
            boolean isNextKept = kept.pfnAt(links.position() + 1).isPresent();
            if (links.hasFrame() && !isNextKept) {
                addRaw(group, links.nextPfn()); // it points at what is behind it
            }
        } catch (StoreException e) {
            damaged.accept("link is gone: name=" + name + ": " + e.getMessage());
        }
        if (keptIndex == kept.links()) {
            kept = null;
        }
    }

    private void addLink(BackupGroup group) {
        if (links.hasFrame()) {
            group.raw(links.pfn());
        }
        long first = links.position() * LinkLayout.ENTRIES;
        for (int entry = 0; entry < links.entries(); entry++) {
            if (links.entryPfn(entry) != 0) { // of a damaged node page an entry may be lost
                group.data(links.entryPfn(entry), links.entryCsum(entry), first + entry);
            }
        }
    }

    private void addRaw(BackupGroup group, long pfn) {
        if (file.isUsable(pfn)) {
            group.raw(pfn);
        }
    }

    private void endIfDone() {
        if (!links.hasNext()) {
            chain = null;
        }
    }
}
