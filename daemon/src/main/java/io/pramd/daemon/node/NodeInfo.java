package io.pramd.daemon.node;

import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.NodeType;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * Immutable. What can be said of a node.
 *
 * @param type empty when the node page does not verify
 * @param sequence -1 when unknown
 * @param length bytes; for a node being saved, those that have arrived
 * @param pfn of the node page; 0 while it is being saved
 * @param reason why it is quarantined; else empty
 */
public record NodeInfo(
        State state,
        Optional<NodeType> type,
        int flags,
        long sequence,
        long createdMillis,
        long length,
        long pages,
        long pfn,
        SaveKey saveKey,
        String name,
        Map<String, String> meta,
        String reason,
        long streamSequence,
        long expiryMillis,
        String owner) {

    /** The sequence of a node whose page does not verify. */
    public static final long UNKNOWN_SEQUENCE = -1;

    /** Of a node whose page verifies. */
    public static NodeInfo of(ByteBuffer page, State state, long pfn, String reason) {
        NodeLayout.Identity identity = NodeLayout.identity(page);
        return new NodeInfo(
                state,
                NodeType.of(identity.type()),
                NodeLayout.flags(page),
                identity.sequence(),
                identity.createdMillis(),
                NodeLayout.length(page),
                NodeLayout.pages(page),
                pfn,
                new SaveKey(identity.saveIdHigh(), identity.saveIdLow()),
                identity.name(),
                identity.meta(),
                reason,
                identity.streamSequence(),
                NodeLayout.expiryMillis(page),
                NodeLayout.owner(page));
    }

    /** Of a node whose page does not verify: what else is known of it. */
    public static NodeInfo unreadable(String name, long pfn, String reason) {
        return new NodeInfo(
                State.QUARANTINED,
                Optional.empty(),
                0,
                UNKNOWN_SEQUENCE,
                0,
                0,
                0,
                pfn,
                SaveKey.NONE,
                name,
                Map.of(),
                reason,
                UNKNOWN_SEQUENCE,
                0,
                "");
    }

    /** Of a damaged node of which so much may be found. */
    NodeInfo withContents(long newPages, long newLength) {
        return new NodeInfo(
                state,
                type,
                flags,
                sequence,
                createdMillis,
                newLength,
                newPages,
                pfn,
                saveKey,
                name,
                meta,
                reason,
                streamSequence,
                expiryMillis,
                owner);
    }

    static NodeInfo saving(SaveStream stream) {
        SaveRequest request = stream.request();
        return new NodeInfo(
                State.SAVING,
                Optional.of(request.type()),
                0,
                stream.sequence(),
                stream.createdMillis(),
                stream.pages() * io.pramd.daemon.layout.FileLayout.FRAME_BYTES,
                stream.pages(),
                0,
                request.saveKey(),
                request.name(),
                request.meta(),
                "",
                stream.sequence(),
                0,
                request.saver().principal());
    }
}
