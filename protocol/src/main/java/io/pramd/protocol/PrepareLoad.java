package io.pramd.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Immutable: opens a stream that loads, or peeks into, a node.
 *
 * @param streamType page or byte, or {@link StreamType#ANY}
 * @param peek do not consume
 * @param salvage what can still be read, with {@link BadPages} in place of the rest; only a peek,
 *     and only with {@link Features#SALVAGE} in force
 * @param waitMillis how long to wait for the node to become READY; 0 not at all
 * @param quarantinedPfn pfn of a quarantined node, which can only be salvaged; 0 by name
 * @param name of the node; empty with a pfn
 * @param expectedMeta pairs that the node must have
 */
public record PrepareLoad(
        StreamType streamType,
        boolean peek,
        boolean salvage,
        long waitMillis,
        long quarantinedPfn,
        String name,
        Map<String, String> expectedMeta)
        implements Message {
    static final int PEEK = 1;

    static final int SALVAGE = 2;

    public PrepareLoad {
        expectedMeta = Collections.unmodifiableMap(new LinkedHashMap<>(expectedMeta));
    }

    /** Of a whole node. */
    public PrepareLoad(
            StreamType streamType,
            boolean peek,
            long waitMillis,
            long quarantinedPfn,
            String name,
            Map<String, String> expectedMeta) {
        this(streamType, peek, false, waitMillis, quarantinedPfn, name, expectedMeta);
    }

    @Override
    public MessageType type() {
        return MessageType.PREPARE_LOAD;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u8("streamType", streamType.number())
                .u8("flags", (peek ? PEEK : 0) | (salvage ? SALVAGE : 0))
                .zero(2)
                .u32("waitMillis", waitMillis)
                .u64("quarantinedPfn", quarantinedPfn)
                .str("name", name)
                .meta("expectedMeta", expectedMeta);
    }

    static PrepareLoad read(PayloadReader in) {
        StreamType streamType = in.choice("streamType", StreamType::of);
        int flags = in.flags("flags", PEEK | SALVAGE);
        boolean peek = (flags & PEEK) != 0;
        boolean salvage = (flags & SALVAGE) != 0;
        if (salvage && !peek) {
            throw in.refuse("a salvage is a peek: flags=" + flags);
        }
        in.zero(2);
        long waitMillis = in.u32("waitMillis");
        long quarantinedPfn = in.u64("quarantinedPfn");
        String name = in.nameUnless(quarantinedPfn != 0, "name");
        Map<String, String> expectedMeta = in.meta("expectedMeta");
        return new PrepareLoad(
                streamType, peek, salvage, waitMillis, quarantinedPfn, name, expectedMeta);
    }
}
