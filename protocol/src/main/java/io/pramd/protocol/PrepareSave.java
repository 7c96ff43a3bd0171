package io.pramd.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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
 * @param dates of a node that is saved again: then {@code ttlMillis} is 0
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
        Map<String, String> meta,
        Optional<NodeDates> dates)
        implements Message {
    /** As long as the daemon thinks fit: all ones on the wire. */
    public static final long DEADLINE_DEFAULT = 0xffff_ffffL;

    /** The length is not known beforehand: all ones on the wire. */
    public static final long BYTES_UNKNOWN = -1L;

    static final int REPLACE = 1;
    static final int DATED = 2;

    public PrepareSave {
        meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
    }

    /** The same with dates in place of a time to live. */
    public PrepareSave dated(NodeDates newDates) {
        return new PrepareSave(
                streamType,
                replace,
                durability,
                deadlineMillis,
                saveId,
                declaredBytes,
                0,
                name,
                meta,
                Optional.of(newDates));
    }

    @Override
    public MessageType type() {
        return MessageType.PREPARE_SAVE;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u8("streamType", streamType.number())
                .u8("flags", (replace ? REPLACE : 0) | (dates.isPresent() ? DATED : 0))
                .u8("durability", durability.number())
                .zero(1)
                .u32("deadlineMillis", deadlineMillis)
                .saveId("saveId", saveId)
                .u64("declaredBytes", declaredBytes)
                .u64("ttlMillis", ttlMillis)
                .str("name", name)
                .meta("meta", meta);
        dates.ifPresent(given -> given.write(out));
    }

    static PrepareSave read(PayloadReader in) {
        StreamType streamType = in.choice("streamType", StreamType::of);
        int flags = in.flags("flags", REPLACE | DATED);
        Durability durability = in.choice("durability", Durability::of);
        in.zero(1);
        long deadlineMillis = in.u32("deadlineMillis");
        SaveId saveId = in.saveId("saveId");
        long declaredBytes = in.u64("declaredBytes");
        long ttlMillis = in.u64("ttlMillis");
        boolean isDated = (flags & DATED) != 0;
        if (isDated && ttlMillis != 0) {
            throw in.refuse("who gives dates gives no time to live: ttlMillis=" + ttlMillis);
        }
        String name = in.name("name");
        Map<String, String> meta = in.meta("meta");
        return new PrepareSave(
                streamType,
                (flags & REPLACE) != 0,
                durability,
                deadlineMillis,
                saveId,
                declaredBytes,
                ttlMillis,
                name,
                meta,
                isDated ? Optional.of(NodeDates.read(in)) : Optional.empty());
    }
}
