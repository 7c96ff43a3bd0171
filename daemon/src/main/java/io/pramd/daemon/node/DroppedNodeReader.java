package io.pramd.daemon.node;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader.Chain;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One owner: the committer. Finds out which chain goes with a node that is dropped. */
final class DroppedNodeReader {
    private static final Logger LOG = LoggerFactory.getLogger(DroppedNodeReader.class);

    private final NodePageReader pages;
    private final ByteBuffer page = MetadataPage.allocate();

    DroppedNodeReader(StoreContext context) {
        pages =
                new NodePageReader(
                        context.memory()::read,
                        context.uuid(),
                        context.memory()::frameCount,
                        new PageChecksum());
    }

    Reclaimer.DroppedNode read(Node node) {
        Chain known = node.chain;
        if (known != null) {
            return new Reclaimer.DroppedNode(node, known);
        }
        try {
            pages.read(node.pfn, node.csum, page);
            return new Reclaimer.DroppedNode(node, Chain.of(page));
        } catch (StoreException e) {
            LOG.warn(
                    "frames of node {} stay unused until the next start: {}",
                    node.name,
                    e.getMessage());
            return new Reclaimer.DroppedNode(node, new Chain(0, node.sequence, 0));
        }
    }
}
