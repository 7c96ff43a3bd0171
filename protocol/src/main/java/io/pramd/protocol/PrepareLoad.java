package io.pramd.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Immutable: opens a stream that loads, or peeks into, a node.
 *
 * @param streamType page or byte, or {@link StreamType#ANY}
 * @param peek do not consume
 * @param waitMillis how long to wait for the node to become READY; 0 not at all
 * @param quarantinedPfn pfn of a quarantined node; 0 by name
 * @param name of the node; empty with a pfn
 * @param expectedMeta pairs that the node must have
 */
public record PrepareLoad(
        StreamType streamType,
        boolean peek,
        long waitMillis,
        long quarantinedPfn,
        String name,
        Map<String, String> expectedMeta)
        implements Message {
    static final int PEEK = 1;

    /** Reserved: load what is left of a quarantined node. Refused with EINVAL for now. */
    static final int SALVAGE = 2;

    public PrepareLoad {
        expectedMeta = Collections.unmodifiableMap(new LinkedHashMap<>(expectedMeta));
    }

    @Override
    public MessageType type() {
        return MessageType.PREPARE_LOAD;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u8("streamType", streamType.number())
                .u8("flags", peek ? PEEK : 0)
                .zero(2)
                .u32("waitMillis", waitMillis)
                .u64("quarantinedPfn", quarantinedPfn)
                .str("name", name)
                .meta("expectedMeta", expectedMeta);
    }

    static PrepareLoad read(PayloadReader in) {
        StreamType streamType = in.choice("streamType", StreamType::of);
        boolean peek = in.flags("flags", PEEK) == PEEK;
        in.zero(2);
        long waitMillis = in.u32("waitMillis");
        long quarantinedPfn = in.u64("quarantinedPfn");
        String name = in.nameUnless(quarantinedPfn != 0, "name");
        Map<String, String> expectedMeta = in.meta("expectedMeta");
        return new PrepareLoad(streamType, peek, waitMillis, quarantinedPfn, name, expectedMeta);
    }
}
