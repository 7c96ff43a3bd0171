package io.pramd.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Immutable: opens a stream that saves a node.
 *
 * @param streamType page or byte
 * @param replace an existing READY node may be replaced
 * @param durability what the save must survive once answered
 * @param deadlineMillis how long it may wait for the walk; {@link #DEADLINE_DEFAULT} as the daemon
 *     thinks fit
 * @param saveId to ask for the outcome with; {@link SaveId#NONE} for none
 * @param declaredBytes how long the stream will be; {@link #BYTES_UNKNOWN} not known
 * @param ttlMillis how long the node lives from its commit on, by the daemon's clock; 0 for ever
 * @param name 1 to 255 bytes
 * @param meta user metadata
 */
public record PrepareSave(
        StreamType streamType,
        boolean replace,
        Durability durability,
        long deadlineMillis,
        SaveId saveId,
        long declaredBytes,
        long ttlMillis,
        String name,
        Map<String, String> meta)
        implements Message {
    /** As long as the daemon thinks fit: all ones on the wire. */
    public static final long DEADLINE_DEFAULT = 0xffff_ffffL;

    /** The length is not known beforehand: all ones on the wire. */
    public static final long BYTES_UNKNOWN = -1L;

    static final int REPLACE = 1;

    public PrepareSave {
        meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
    }

    @Override
    public MessageType type() {
        return MessageType.PREPARE_SAVE;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u8("streamType", streamType.number())
                .u8("flags", replace ? REPLACE : 0)
                .u8("durability", durability.number())
                .zero(1)
                .u32("deadlineMillis", deadlineMillis)
                .saveId("saveId", saveId)
                .u64("declaredBytes", declaredBytes)
                .u64("ttlMillis", ttlMillis)
                .str("name", name)
                .meta("meta", meta);
    }

    static PrepareSave read(PayloadReader in) {
        StreamType streamType = in.choice("streamType", StreamType::of);
        boolean replace = in.flags("flags", REPLACE) == REPLACE;
        Durability durability = in.choice("durability", Durability::of);
        in.zero(1);
        long deadlineMillis = in.u32("deadlineMillis");
        SaveId saveId = in.saveId("saveId");
        long declaredBytes = in.u64("declaredBytes");
        long ttlMillis = in.u64("ttlMillis");
        String name = in.name("name");
        Map<String, String> meta = in.meta("meta");
        return new PrepareSave(
                streamType,
                replace,
                durability,
                deadlineMillis,
                saveId,
                declaredBytes,
                ttlMillis,
                name,
                meta);
    }
}
