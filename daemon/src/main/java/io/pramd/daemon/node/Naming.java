package io.pramd.daemon.node;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Turns the leaf entries found by the opening into nodes with names, by reading their
 * node pages: one name at once when somebody asks for it, all of them in the background. No saves
 * or removals happen meanwhile.
 */
public final class Naming {
    private static final Logger LOG = LoggerFactory.getLogger(Naming.class);

    private final StoreContext context;
    private final LeafEntries leaves;
    private final NodeTable table;
    private final long rootSequence;
    private final CompletableFuture<Void> allNamed = new CompletableFuture<>();
    private volatile TagIndex tags;

    /**
     * @param rootSequence of the root that the opening published: all nodes drew theirs before
     */
    Naming(StoreContext context, LeafEntries leaves, NodeTable table, long rootSequence) {
        this.rootSequence = rootSequence;
        this.context = context;
        this.leaves = leaves;
        this.table = table;
        this.tags = new TagIndex(leaves);
    }

    /** Completes when every node page has been read, or found damaged. */
    CompletableFuture<Void> allNamed() {
        return allNamed;
    }

    /** Reads the node pages that may carry the name. Blocks for cold pages; for workers only. */
    synchronized void name(String name) {
        TagIndex index = tags;
        if (index == null) {
            return;
        }
        NodePageReader reader = newReader();
        ByteBuffer page = MetadataPage.allocate();
        for (int slot : index.find(new PageChecksum().ofName(name))) {
            nameSlot(slot, reader, page);
        }
    }

    /** Reads every node page; the opening's background task. */
    public void nameAll() {
        NodePageReader reader = newReader();
        ByteBuffer page = MetadataPage.allocate();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            nameSlot(slot, reader, page);
        }
        synchronized (this) {
            // behind this no leaf entry is read here any more, and commits may change them
            tags = null;
        }
        allNamed.complete(null);
    }

    private NodePageReader newReader() {
        return new NodePageReader(
                context.memory()::read, context.uuid(), context.memory().frameCount());
    }

    private void nameSlot(int slot, NodePageReader reader, ByteBuffer page) {
        if (table.atSlot(slot).isPresent()) {
            return;
        }
        long pfn = leaves.pfn(slot);
        int csum = leaves.csum(slot);
        try {
            reader.read(pfn, csum, page);
            requireBelongs(leaves.tag(slot), page);
        } catch (StoreException e) {
            LOG.warn("quarantined the node at frame {}: {}", pfn, e.getMessage());
            table.foundUnreadable(unreadable(slot), e.getMessage());
            return;
        }
        SaveKey key = new SaveKey(NodeLayout.saveIdHigh(page), NodeLayout.saveIdLow(page));
        NodeType type = NodeType.of(NodeLayout.type(page)).orElseThrow();
        Node node =
                new Node(NodeLayout.name(page), type, NodeLayout.sequence(page), key, State.READY);
        node.slot = slot;
        node.pfn = pfn;
        node.csum = csum;
        table.found(node);
    }

    private Node unreadable(int slot) {
        DamagedNodePage page =
                new DamagedNodePage(
                        context.memory()::read,
                        context.uuid(),
                        context.memory().frameCount(),
                        leaves.pfn(slot));
        return quarantined(slot, page.name(leaves.tag(slot)));
    }

    private Node quarantined(int slot, String name) {
        Node node =
                new Node(
                        name,
                        NodeType.PAGE,
                        NodeInfo.UNKNOWN_SEQUENCE,
                        SaveKey.NONE,
                        State.QUARANTINED);
        node.slot = slot;
        node.pfn = leaves.pfn(slot);
        node.csum = leaves.csum(slot);
        return node;
    }

    /** That a whole node page is the one its leaf entry means, and of this file's past. */
    private void requireBelongs(int leafTag, ByteBuffer page) {
        long sequence = NodeLayout.sequence(page);
        long stream = NodeLayout.streamSequence(page);
        if (new PageChecksum().ofName(NodeLayout.name(page)) != leafTag) {
            throw StoreException.of(Errno.EIO, "leaf entry has the tag of another name");
        }
        if (stream <= 0 || stream > sequence || sequence >= rootSequence) {
            throw StoreException.of(
                    Errno.EIO,
                    "sequence was not drawn by then: sequence="
                            + sequence
                            + " stream="
                            + stream
                            + " root="
                            + rootSequence);
        }
    }
}
