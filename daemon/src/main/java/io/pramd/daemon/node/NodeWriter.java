package io.pramd.daemon.node;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.PageChecksum;
import java.nio.ByteBuffer;

/** One owner: the committer. Stores node pages. */
final class NodeWriter {
    private final StoreContext context;
    private final PageChecksum checksum = new PageChecksum();
    private final ByteBuffer page = MetadataPage.allocate();

    NodeWriter(StoreContext context) {
        this.context = context;
    }

    /** Stores the page of a finished stream where the node says it is, and notes its sum there. */
    void store(Node node, SaveRequest request, Contents contents) {
        NodeLayout.Identity identity =
                new NodeLayout.Identity(
                        request.name(),
                        request.type().number(),
                        node.sequence,
                        node.sequence,
                        createdMillis(request, contents),
                        request.saveKey().high(),
                        request.saveKey().low(),
                        request.meta());
        NodeLayout.write(page, identity, contents.extent());
        node.expiryMillis = expiryMillis(request);
        NodeLayout.owned(page, request.saver().principal(), node.expiryMillis);
        contents.chain().inlineInto(page);
        int csum = checksum.ofNode(context.uuid(), node.pfn, node.sequence, page);
        MetadataPage.csum(page, csum);
        context.memory().store(node.pfn, page);
        node.csum = csum;
    }

    private static long createdMillis(SaveRequest request, Contents contents) {
        return request.dates()
                .map(SaveRequest.Dates::createdMillis)
                .orElse(contents.createdMillis());
    }

    private long expiryMillis(SaveRequest request) {
        long ttl = request.ttlMillis();
        return request.dates()
                .map(SaveRequest.Dates::expiryMillis)
                .orElse(ttl == 0 ? 0 : context.clock().millis() + ttl);
    }

    /** What the stream turned out to hold. */
    record Contents(long createdMillis, NodeLayout.Extent extent, ChainWriter chain) {}
}
