package io.pramd.protocol;

import java.util.UUID;

/**
 * Immutable: the daemon's answer to HELLO.
 *
 * @param version the version spoken from here on
 * @param packetBytesMax largest payload that the daemon takes
 * @param features {@link Features} bits in force
 * @param streamsMax most streams open on this connection
 * @param requestsMax most requests unanswered on this connection
 * @param idleMillis silence after which the daemon closes; the client pings at a third of it
 * @param pagesPerPacketMax most pages in a PAGES packet to the daemon
 * @param fileUuid of the memory file: it changes only with the file
 * @param agent name and version of the daemon's program; cut to 255 bytes
 */
public record Welcome(
        int version,
        long packetBytesMax,
        long features,
        long streamsMax,
        long requestsMax,
        long idleMillis,
        long pagesPerPacketMax,
        UUID fileUuid,
        String agent)
        implements Message {
    public Welcome {
        agent = PayloadWriter.cut(agent, WireLimits.AGENT_BYTES_MAX);
    }

    @Override
    public MessageType type() {
        return MessageType.WELCOME;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u16("version", version)
                .zero(2)
                .u32("packetBytesMax", packetBytesMax)
                .u64("features", features)
                .u32("streamsMax", streamsMax)
                .u32("requestsMax", requestsMax)
                .u32("idleMillis", idleMillis)
                .u32("pagesPerPacketMax", pagesPerPacketMax)
                .uuid("fileUuid", fileUuid)
                .str("agent", agent);
    }

    static Welcome read(PayloadReader in) {
        int version = in.u16("version");
        in.zero(2);
        long packetBytesMax = in.u32("packetBytesMax");
        long features = in.u64("features");
        long streamsMax = in.u32("streamsMax");
        long requestsMax = in.u32("requestsMax");
        long idleMillis = in.u32("idleMillis");
        long pagesPerPacketMax = in.u32("pagesPerPacketMax");
        UUID fileUuid = in.uuid("fileUuid");
        String agent = in.str("agent", WireLimits.AGENT_BYTES_MAX);
        return new Welcome(
                version,
                packetBytesMax,
                features,
                streamsMax,
                requestsMax,
                idleMillis,
                pagesPerPacketMax,
                fileUuid,
                agent);
    }
}
