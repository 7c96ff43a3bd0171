package io.pramd.daemon.node;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.FrameSweep;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Thread-safe. Turns the leaf entries found by the opening into nodes with names, by reading their
 * node pages: one name at once when somebody asks for it, all of them in the background. No saves
 * or removals happen meanwhile.
 */
public final class Naming {
    private final StoreContext context;
    private final LeafEntries leaves;
    private final NodeTable table;
    private final long rootSequence;
    private final CompletableFuture<Void> allNamed = new CompletableFuture<>();
    private final Lock unlessAllNamed;
    private final Lock allAreNamed;
    private TagIndex tags; // null when all are named

    /**
     * @param rootSequence of the root that the opening published: all nodes drew theirs before
     */
    Naming(StoreContext context, LeafEntries leaves, NodeTable table, long rootSequence) {
        this.rootSequence = rootSequence;
        this.context = context;
        this.leaves = leaves;
        this.table = table;
        this.tags = new TagIndex(leaves);
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        this.unlessAllNamed = lock.readLock();
        this.allAreNamed = lock.writeLock();
    }

    /** Completes when every node page has been read, or found damaged. */
    CompletableFuture<Void> allNamed() {
        return allNamed;
    }

    /** Reads the node pages that may carry the name. Blocks for cold pages; for workers only. */
    void name(String name) {
        unlessAllNamed.lock();
        try {
            if (tags == null) {
                return;
            }
            List<Integer> slots = tags.find(new PageChecksum().ofName(name));
            enter(read(slots.stream().mapToInt(Integer::intValue).toArray()));
        } finally {
            unlessAllNamed.unlock();
        }
    }

    /**
     * Reads every node page; the opening's background task. Loads go on beside it: each reads what
     * may carry its name itself, and of two that read one page the first enters it.
     */
    public void nameAll() {
        table.found().expect(leaves.count());
        LeafParts.onAllCores(leaves).forEach(this::read, this::enter);
        allAreNamed.lock();
        try {
            // behind this no leaf entry is read here any more, and commits may change them
            tags = null;
        } finally {
            allAreNamed.unlock();
        }
        allNamed.complete(null);
    }

    /**
     * A node as its page says.
     *
     * @param fault of a page that does not verify; else empty
     */
    private record Found(Node node, String owner, long pages, String fault) {}

    private Found[] read(int[] slots) {
        FrameSweep pages = new FrameSweep(context.memory());
        NodePageReader reader =
                new NodePageReader(pages, context.uuid(), context.memory().frameCount());
        long[] pfns = leaves.pfns(slots);
        pages.expect(pfns);
        Scratch scratch = new Scratch(MetadataPage.allocate(), new PageChecksum());
        Found[] found = new Found[slots.length];
        BitSet unknown = table.found().unknown(slots);
        for (int i : LeafParts.inFileOrder(pfns)) {
            if (unknown.get(i)) {
                found[i] = read(slots[i], reader, scratch);
            }
        }
        return found;
    }

    /** What one thread reads page after page with. */
    private record Scratch(ByteBuffer page, PageChecksum checksum) {}

    private Found read(int slot, NodePageReader reader, Scratch scratch) {
        ByteBuffer page = scratch.page();
        try {
            reader.read(leaves.pfn(slot), leaves.csum(slot), page);
            requireBelongs(leaves.tag(slot), scratch);
        } catch (StoreException e) {
            return new Found(unreadable(slot), "", 0, e.getMessage());
        }
        SaveKey key = new SaveKey(NodeLayout.saveIdHigh(page), NodeLayout.saveIdLow(page));
        Node node = new Node(NodeLayout.name(page), NodeLayout.sequence(page), key, State.READY);
        node.slot = slot;
        node.pfn = leaves.pfn(slot);
        node.csum = leaves.csum(slot);
        // one behind all times that there are is never
        node.expiryMillis = Math.max(0, NodeLayout.expiryMillis(page));
        return new Found(node, NodeLayout.owner(page), NodeLayout.pages(page), "");
    }

    private void enter(Found[] part) {
        for (Found found : part) {
            if (found == null) {
                continue; // known before
            }
            if (found.fault().isEmpty()) {
                table.found().enter(found.node(), found.owner(), found.pages());
            } else {
                table.found().unreadable(found.node(), found.fault());
            }
        }
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
        Node node = new Node(name, NodeInfo.UNKNOWN_SEQUENCE, SaveKey.NONE, State.QUARANTINED);
        node.slot = slot;
        node.pfn = leaves.pfn(slot);
        node.csum = leaves.csum(slot);
        return node;
    }

    /** That a whole node page is the one its leaf entry means, and of this file's past. */
    private void requireBelongs(int leafTag, Scratch scratch) {
        ByteBuffer page = scratch.page();
        long sequence = NodeLayout.sequence(page);
        long stream = NodeLayout.streamSequence(page);
        if (scratch.checksum().ofName(NodeLayout.name(page)) != leafTag) {
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
