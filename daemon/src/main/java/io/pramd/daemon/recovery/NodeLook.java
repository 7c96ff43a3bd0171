package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.KeptChain;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.NodePageReader;
import io.pramd.daemon.node.OpenSave;
import io.pramd.daemon.node.QuarantinedNode;
import io.pramd.daemon.node.SeenNode;
import io.pramd.daemon.node.State;
import io.pramd.daemon.node.StoreView;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Thread-safe. Looks into single nodes of a running store, as they are now, without holding them:
 * what goes meanwhile is found to be gone. Reads the file; for workers only.
 */
public final class NodeLook {
    private final StoreView store;
    private final MappedMemory memory;
    private final byte[] uuid;

    NodeLook(StoreView store, MappedMemory memory, byte[] uuid) {
        this.store = store;
        this.memory = memory;
        this.uuid = uuid;
    }

    /**
     * What a frame is to its node.
     *
     * @param page which one it holds; empty: none
     * @param position which link it is; empty: none
     */
    record Place(String role, OptionalLong page, OptionalLong position) {}

    /**
     * A node by its name.
     *
     * @throws StoreException ENOENT when there is none; EIO when it does not verify
     */
    public NodeDetail named(String name, PageRange range) {
        Optional<SeenNode> node = store.named(name);
        return node.map(found -> detail(found, range, "name=" + name))
                .orElseThrow(() -> noNode("name=" + name));
    }

    /** The same of one with a name, by its sequence. */
    public NodeDetail of(long sequence, PageRange range) {
        Optional<SeenNode> node = store.of(sequence);
        return node.map(found -> detail(found, range, "sequence=" + sequence))
                .orElseThrow(() -> noNode("sequence=" + sequence));
    }

    /** The same of one without a name, by the frame of its page. */
    public NodeDetail quarantined(long pfn, PageRange range) {
        QuarantinedNode damage =
                store.quarantined(pfn).orElseThrow(() -> noNode("quarantined=" + pfn));
        NodeInfo info;
        Chain chain;
        try {
            ByteBuffer page = read(damage.node());
            info = NodeInfo.of(page, State.QUARANTINED, pfn, damage.reason());
            chain = Chain.of(page);
        } catch (StoreException e) {
            info = NodeInfo.unreadable(damage.name(), pfn, damage.reason());
            chain = new Chain(0, 0, 0);
        }
        KeptChain kept = damage.node().kept();
        Chain whole = kept == null ? chain : kept.chain();
        return new ChainLook(memory, uuid, whole, kept).look(info, damage.node(), range);
    }

    private static StoreException noNode(String which) {
        return StoreException.of(Errno.ENOENT, "no such node: " + which);
    }

    private NodeDetail detail(SeenNode node, PageRange range, String which) {
        if (node.state() == State.SAVING) {
            return saving(node).orElseThrow(() -> noNode(which));
        }
        try {
            ByteBuffer page = read(node);
            NodeInfo info = NodeInfo.of(page, node.state(), node.pfn(), "");
            return new ChainLook(memory, uuid, Chain.of(page), null).look(info, node, range);
        } catch (StoreException e) {
            boolean isThere =
                    store.at(node.slot(), node.sequence())
                            .filter(now -> now.pfn() == node.pfn())
                            .isPresent();
            throw isThere ? e : noNode(which);
        }
    }

    private Optional<NodeDetail> saving(SeenNode node) {
        for (OpenSave save : store.saves()) {
            if (save.info().sequence() == node.sequence()) {
                return Optional.of(NodeDetail.of(save, node));
            }
        }
        return Optional.empty();
    }

    private ByteBuffer read(SeenNode node) {
        ByteBuffer page = MetadataPage.allocate();
        new NodePageReader(memory, uuid, memory.frameCount()).read(node.pfn(), node.csum(), page);
        return page;
    }

    /** Where in a node a frame is; empty when it is not found, or the node has gone. */
    Optional<Place> place(SeenNode node, long pfn) {
        if (node.pfn() == pfn) {
            return Optional.of(new Place("node", OptionalLong.empty(), OptionalLong.empty()));
        }
        try {
            KeptChain kept = node.kept();
            Chain chain = kept == null ? Chain.of(read(node)) : kept.chain();
            return new ChainLook(memory, uuid, chain, kept).find(pfn);
        } catch (StoreException e) {
            return Optional.empty();
        }
    }

    /**
     * Which pages of a node are listed.
     *
     * @param count at most
     */
    public record PageRange(long first, int count) {
        boolean has(long page) {
            return page >= first && page - first < count;
        }
    }
}
