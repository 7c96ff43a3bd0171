package io.pramd.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * Immutable: the client's first packet.
 *
 * @param versionMin lowest version of the protocol that the client speaks
 * @param versionMax highest one
 * @param packetBytesMax largest payload that the client takes
 * @param features {@link Features} bits that the client wants
 * @param agent name and version of the client's program, for logs; cut to 255 bytes
 * @param authMethod {@link #AUTH_NONE} or {@link #AUTH_TOKEN}; others are reserved
 * @param authData for the method; empty with none. Not copied
 */
public record Hello(
        int versionMin,
        int versionMax,
        long packetBytesMax,
        long features,
        String agent,
        int authMethod,
        byte[] authData)
        implements Message {
    /** The transport says who the client is: its certificate or its user; or nothing does. */
    public static final int AUTH_NONE = 0;

    /** A token, in UTF-8. */
    public static final int AUTH_TOKEN = 1;

    public Hello {
        agent = PayloadWriter.cut(agent, WireLimits.AGENT_BYTES_MAX);
    }

    /** The greeting of a client of this release. */
    public static Hello of(String agent) {
        return new Hello(
                WireLimits.VERSION,
                WireLimits.VERSION,
                WireLimits.PACKET_BYTES_MAX,
                Features.SUPPORTED,
                agent,
                AUTH_NONE,
                new byte[0]);
    }

    /** The same, and the client says who it is by a token. */
    public Hello withToken(byte[] token) {
        return new Hello(
                versionMin, versionMax, packetBytesMax, features, agent, AUTH_TOKEN, token);
    }

    /** Without the authentication data. */
    @Override
    public String toString() {
        return "Hello[versionMin="
                + versionMin
                + ", versionMax="
                + versionMax
                + ", packetBytesMax="
                + packetBytesMax
                + ", features="
                + features
                + ", agent="
                + agent
                + ", authMethod="
                + authMethod
                + "]";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Hello that
                && versionMin == that.versionMin
                && versionMax == that.versionMax
                && packetBytesMax == that.packetBytesMax
                && features == that.features
                && agent.equals(that.agent)
                && authMethod == that.authMethod
                && Arrays.equals(authData, that.authData);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                versionMin,
                versionMax,
                packetBytesMax,
                features,
                agent,
                authMethod,
                Arrays.hashCode(authData));
    }

    @Override
    public MessageType type() {
        return MessageType.HELLO;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u16("versionMin", versionMin)
                .u16("versionMax", versionMax)
                .u32("packetBytesMax", packetBytesMax)
                .u64("features", features)
                .str("agent", agent)
                .u8("authMethod", authMethod)
                .data("authData", authData);
    }

    static Hello read(PayloadReader in) {
        int versionMin = in.u16("versionMin");
        int versionMax = in.u16("versionMax");
        long packetBytesMax = in.u32("packetBytesMax");
        long features = in.u64("features");
        String agent = in.str("agent", WireLimits.AGENT_BYTES_MAX);
        int authMethod = in.u8("authMethod");
        byte[] authData = in.data("authData", WireLimits.AUTH_DATA_BYTES_MAX);
        return new Hello(
                versionMin, versionMax, packetBytesMax, features, agent, authMethod, authData);
    }
}
