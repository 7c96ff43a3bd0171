package io.pramd.daemon.node;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Thread-safe. Finds what can still be read of a damaged node; blocks, for workers only. */
final class Salvage {
    private final StoreContext context;
    private final NodeTable table;
    private final LoadStream.Owner owner;
    private final FrameReader frames;

    Salvage(StoreContext context, NodeTable table, LoadStream.Owner owner) {
        this.context = context;
        this.table = table;
        this.owner = owner;
        this.frames = context.memory();
    }

    /** Opens a stream that holds the node's frames, and leaves the node as it is. */
    LoadStream open(LoadRequest request) {
        boolean isByName = request.quarantinedPfn() == 0;
        Node node =
                isByName
                        ? table.pinForPeek(request.name())
                        : table.quarantined().pin(request.quarantinedPfn());
        try {
            String reason =
                    isByName ? "" : table.quarantined().require(request.quarantinedPfn()).reason();
            return open(request, node, reason);
        } catch (RuntimeException | Error e) {
            owner.unpin(node);
            throw e;
        }
    }

    private LoadStream open(LoadRequest request, Node node, String reason) {
        ByteBuffer page = MetadataPage.allocate();
        Optional<StoreException> fault = fault(node, page);
        KeptChain kept = kept(node, page, fault.isEmpty());
        NodeInfo info;
        if (fault.isEmpty()) {
            info = NodeInfo.of(page, node.state(), node.pfn, reason);
        } else if (kept.links() == 0) {
            throw StoreException.of(
                    Errno.EIO,
                    "nothing of the node can be found: pfn="
                            + node.pfn
                            + " "
                            + fault.get().getMessage());
        } else {
            String why = reason.isEmpty() ? fault.get().getMessage() : reason;
            info =
                    NodeInfo.unreadable(node.name, node.pfn, why)
                            .withContents(kept.chain().pages(), length(node, kept));
        }
        Reading.requireExpected(request, info);
        return new LoadStream(
                context,
                owner,
                node,
                info,
                new SalvagedPages(context, kept),
                LoadStream.Mode.SALVAGE);
    }

    private Optional<StoreException> fault(Node node, ByteBuffer page) {
        try {
            new NodePageReader(frames, context.uuid(), context.memory().frameCount())
                    .read(node.pfn, node.csum, page);
            return Optional.empty();
        } catch (StoreException e) {
            return Optional.of(e);
        }
    }

    private long length(Node node, KeptChain kept) {
        return new DamagedNodePage(frames, context.uuid(), context.memory().frameCount(), node.pfn)
                .length(kept.chain().pages());
    }

    /**
     * What is left of a node that was found damaged after the walk, which had counted all of it.
     * May read the whole file.
     */
    private KeptChain find(Node node, ByteBuffer page, boolean isPageWhole) {
        Optional<LostChain> stream;
        if (isPageWhole) {
            LostChain chain =
                    LostChain.of(
                            frames, context.uuid(), context.memory().frameCount(), Chain.of(page));
            chain.follow();
            stream = Optional.of(chain);
        } else {
            stream =
                    new DamagedNodePage(
                                    frames, context.uuid(), context.memory().frameCount(), node.pfn)
                            .stream(node.csum);
        }
        stream.filter(LostChain::isTrailLost)
                .ifPresent(
                        lost ->
                                new LinkScan(frames, context.uuid(), context.memory().frameCount())
                                        .run(pfn -> true, List.of(lost)));
        return stream.map(LostChain::settle).orElseGet(KeptChain::none);
    }

    /** Finds out which frames go with a quarantined node that is about to be removed. */
    CompletableFuture<Quarantined> keeping(Quarantined damage) {
        return CompletableFuture.supplyAsync(() -> kept(damage), context.threads().workers());
    }

    private Quarantined kept(Quarantined damage) {
        try {
            ByteBuffer page = MetadataPage.allocate();
            kept(damage.node(), page, fault(damage.node(), page).isEmpty());
            return damage;
        } catch (RuntimeException | Error e) {
            table.quarantined().stays(damage);
            throw e;
        }
    }

    /** Looked for once: the next one who asks need not wait, unless the node has its name yet. */
    private KeptChain kept(Node node, ByteBuffer page, boolean isPageWhole) {
        if (node.kept.get() == null) {
            KeptChain found = find(node, page, isPageWhole);
            if (!node.is(State.QUARANTINED)) {
                return found;
            }
            node.kept.compareAndSet(null, found);
        }
        return node.kept.get();
    }
}
