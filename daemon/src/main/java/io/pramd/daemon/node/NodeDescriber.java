package io.pramd.daemon.node;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.StoreException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Thread-safe. Reads what can be said of a node; blocks for cold pages, for workers only. */
final class NodeDescriber {
    private final StoreContext context;
    private final NodeTable table;

    NodeDescriber(StoreContext context, NodeTable table) {
        this.context = context;
        this.table = table;
    }

    /**
     * Of a pinned node; empty when it has gone while it was read.
     *
     * @throws StoreException EIO when it was found damaged, and quarantined
     */
    Optional<NodeInfo> describe(Node node) {
        SaveStream saver = node.saver;
        if (saver != null && node.is(State.SAVING)) {
            return Optional.of(NodeInfo.saving(saver));
        }
        try {
            ByteBuffer page = read(node.pfn, node.csum);
            return Optional.of(NodeInfo.of(page, node.state(), node.pfn, ""));
        } catch (StoreException e) {
            if (node.is(State.ABSENT)) {
                return Optional.empty();
            }
            table.quarantineUnreadable(node, e.getMessage());
            throw e;
        }
    }

    /** The same, whether it verifies or not. */
    Optional<NodeInfo> describeAnyway(Node node) {
        try {
            return describe(node);
        } catch (StoreException e) {
            return Optional.of(NodeInfo.unreadable(node.name, node.pfn, e.getMessage()));
        }
    }

    /**
     * Of a node that nobody used when it was listed. Empty when it has gone since, by which its
     * frame may hold anything: one that is still there has had its page all the time, so that what
     * does not verify then is damage.
     */
    Optional<NodeInfo> describe(Listed.AtRest place) {
        try {
            ByteBuffer page = read(place.pfn(), place.csum());
            return Optional.of(NodeInfo.of(page, State.READY, place.pfn(), ""));
        } catch (StoreException e) {
            String claim = claimedName(place.pfn());
            return table.quarantine(place, claim, e.getMessage())
                    .map(name -> NodeInfo.unreadable(name, place.pfn(), e.getMessage()));
        }
    }

    /** Of a node that a root reaches, as its page says; empty when that does not verify. */
    Optional<NodeInfo> ifWhole(Node node) {
        if (node.is(State.SAVING) || node.is(State.ABSENT)) {
            return Optional.empty();
        }
        try {
            ByteBuffer page = read(node.pfn, node.csum);
            return Optional.of(NodeInfo.of(page, node.state(), node.pfn, ""));
        } catch (StoreException e) {
            return Optional.empty();
        }
    }

    /** What the page of a damaged node says. */
    FoundNodes.Claim claim(LeafEntries leaves, int slot) {
        long pfn = leaves.pfn(slot);
        return new FoundNodes.Claim(claimedName(pfn), isWhole(pfn, leaves.csum(slot)));
    }

    private boolean isWhole(long pfn, int csum) {
        try {
            read(pfn, csum);
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    /** What a page that does not verify gives for its name; who knows better must agree. */
    private String claimedName(long pfn) {
        return new DamagedNodePage(
                        context.memory()::read, context.uuid(), context.memory().frameCount(), pfn)
                .claimedName();
    }

    NodeInfo describe(Quarantined damage) {
        Node node = damage.node();
        try {
            ByteBuffer page = read(node.pfn, node.csum);
            return NodeInfo.of(page, State.QUARANTINED, node.pfn, damage.reason());
        } catch (StoreException e) {
            return NodeInfo.unreadable(node.name, node.pfn, damage.reason());
        }
    }

    private ByteBuffer read(long pfn, int csum) {
        ByteBuffer page = MetadataPage.allocate();
        new NodePageReader(context.memory()::read, context.uuid(), context.memory().frameCount())
                .read(pfn, csum, page);
        return page;
    }
}
