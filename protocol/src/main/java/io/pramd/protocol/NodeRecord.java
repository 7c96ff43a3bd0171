package io.pramd.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Immutable: a node as LIST, STAT and PREPARE_LOAD show it.
 *
 * @param state where it is in its life
 * @param type page or byte; {@link StreamType#ANY} where a damaged node does not say
 * @param flags none in use: zero
 * @param sequence of the commit that made it; {@link #SEQUENCE_UNKNOWN} for a node being saved or
 *     damaged
 * @param streamSequence of the save that wrote the links
 * @param createdMillis since the epoch
 * @param length bytes of the stream; for a page stream pages x 4096
 * @param pages data pages
 * @param pfn of the node page; with it a quarantined node is addressed
 * @param expiryMillis since the epoch; 0 never
 * @param saveId chosen by the saver
 * @param name empty where a damaged node does not say
 * @param owner name of a principal; empty for none
 * @param meta user metadata
 * @param reason why it is quarantined; else empty
 */
public record NodeRecord(
        NodeState state,
        StreamType type,
        long flags,
        long sequence,
        long streamSequence,
        long createdMillis,
        long length,
        long pages,
        long pfn,
        long expiryMillis,
        SaveId saveId,
        String name,
        String owner,
        Map<String, String> meta,
        String reason) {

    /** Stands for a sequence that is not known: all ones on the wire. */
    public static final long SEQUENCE_UNKNOWN = -1L;

    private static final int FIXED_BYTES =
            2 * Byte.BYTES + Short.BYTES + Integer.BYTES + 7 * Long.BYTES + SaveId.BYTES;

    public NodeRecord {
        meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
        owner = PayloadWriter.cut(owner, WireLimits.RECORD_TEXT_BYTES_MAX);
        reason = PayloadWriter.cut(reason, WireLimits.RECORD_TEXT_BYTES_MAX);
    }

    /** Bytes on the wire, without the u32 length that stands before it in a listing. */
    public int payloadBytes() {
        return FIXED_BYTES
                + PayloadWriter.strBytes(name)
                + PayloadWriter.strBytes(owner)
                + PayloadWriter.metaBytes(meta)
                + PayloadWriter.strBytes(reason);
    }

    void write(PayloadWriter out) {
        out.u8("state", state.number())
                .u8("type", type.number())
                .zero(2)
                .u32("flags", flags)
                .u64("sequence", sequence)
                .u64("streamSequence", streamSequence)
                .u64("createdMillis", createdMillis)
                .u64("length", length)
                .u64("pages", pages)
                .u64("pfn", pfn)
                .u64("expiryMillis", expiryMillis)
                .saveId("saveId", saveId)
                .str("name", name)
                .str("owner", owner)
                .meta("meta", meta)
                .str("reason", reason);
    }

    static NodeRecord read(PayloadReader in) {
        NodeState state = in.choice("state", NodeState::of);
        StreamType type = in.choice("type", StreamType::of);
        in.zero(2);
        return new NodeRecord(
                state,
                type,
                in.u32("flags"),
                in.u64("sequence"),
                in.u64("streamSequence"),
                in.u64("createdMillis"),
                in.u64("length"),
                in.u64("pages"),
                in.u64("pfn"),
                in.u64("expiryMillis"),
                in.saveId("saveId"),
                in.str("name", WireLimits.NAME_BYTES_MAX),
                in.str("owner", WireLimits.RECORD_TEXT_BYTES_MAX),
                in.anyMeta("meta"),
                in.str("reason", WireLimits.RECORD_TEXT_BYTES_MAX));
    }
}
