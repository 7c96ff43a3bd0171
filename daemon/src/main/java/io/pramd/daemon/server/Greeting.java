package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.Features;
import io.pramd.protocol.Hello;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.Welcome;
import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** Immutable: how a connection begins, also one that was meant for somebody else. */
final class Greeting {
    private static final byte[] TLS_HANDSHAKE = {0x16, 0x03};

    /** Alert, TLS 1.0, 2 bytes: fatal, protocol_version. */
    private static final byte[] TLS_ALERT = {0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46};

    private static final String HTTP_TEXT =
            "This is pramd's own protocol, not HTTP. Use the pram command.\n";
    private static final String HTTP_ANSWER =
            "HTTP/1.1 400 Bad Request\r\n"
                    + "Content-Type: text/plain; charset=utf-8\r\n"
                    + "Content-Length: "
                    + HTTP_TEXT.length()
                    + "\r\nConnection: close\r\n\r\n"
                    + HTTP_TEXT;

    private Greeting() {}

    /**
     * What a peer of another protocol understands; empty for one that says nothing we know.
     *
     * @param first the first eight bytes, which are not the preface
     */
    static Optional<ByteBuf> foreignAnswer(ByteBuf first) {
        if (first.getByte(first.readerIndex()) == TLS_HANDSHAKE[0]
                && first.getByte(first.readerIndex() + 1) == TLS_HANDSHAKE[1]) {
            return Optional.of(Unpooled.copiedBuffer(TLS_ALERT));
        }
        if (isHttp(first.toString(StandardCharsets.ISO_8859_1))) {
            return Optional.of(Unpooled.copiedBuffer(HTTP_ANSWER, StandardCharsets.US_ASCII));
        }
        return Optional.empty();
    }

    /** The protocol of first bytes that have a foreign answer. */
    static String foreignName(ByteBuf first) {
        return first.getByte(first.readerIndex()) == TLS_HANDSHAKE[0] ? "TLS" : "HTTP";
    }

    /** What is wrong with a first packet; empty when it is HELLO, inside TLS where that must be. */
    static Optional<ErrorReply> refusal(
            PacketHeader first, ListenAddress listener, boolean lacksTls) {
        if (!lacksTls && first.type() == MessageType.HELLO) {
            return Optional.empty();
        }
        String text =
                lacksTls
                        ? "this listener speaks TLS only: connect to " + listener
                        : "the first packet is not HELLO: type=" + first.typeNumber();
        return Optional.of(ErrorReply.of(Errno.EINVAL, first.type(), text));
    }

    static ErrorReply late(long millis) {
        return ErrorReply.of(
                Errno.ETIMEDOUT, MessageType.HELLO, "no HELLO in time: millis=" + millis);
    }

    static ErrorReply tooMany(int connectionsMax) {
        return retryLater("too many connections: max=" + connectionsMax);
    }

    static ErrorReply retryLater(String text) {
        return ErrorReply.of(Errno.EAGAIN, MessageType.UNKNOWN, text)
                .withRetryAfterMillis(Answers.RETRY_AFTER_MILLIS);
    }

    /** To who comes by rules that have changed since. */
    static ErrorReply noLongerLetIn(String principal) {
        return ErrorReply.of(
                Errno.EACCES, MessageType.UNKNOWN, "no longer let in: principal=" + principal);
    }

    static ErrorReply again() {
        return ErrorReply.of(Errno.EINVAL, MessageType.HELLO, "HELLO comes once");
    }

    static ErrorReply notOurs() {
        return refused("the connection does not begin with the preface of pram");
    }

    /**
     * What is wrong with a HELLO; empty when it is welcome, as far as it may be whose it is.
     *
     * @param asksWho whether the daemon wants to know that
     */
    static Optional<ErrorReply> refusal(long id, Hello hello, boolean asksWho) {
        if (id != Peer.CONNECTION_ID) {
            return Optional.of(
                    refused("the id of HELLO is not 0: id=" + Long.toUnsignedString(id)));
        }
        if (hello.versionMin() > WireLimits.VERSION || hello.versionMax() < WireLimits.VERSION) {
            return Optional.of(
                    refused(
                            "no common version of the protocol: client="
                                    + hello.versionMin()
                                    + ".."
                                    + hello.versionMax()
                                    + " daemon="
                                    + WireLimits.VERSION));
        }
        if (hello.packetBytesMax() < WireLimits.PACKET_BYTES_MAX_LEAST) {
            return Optional.of(
                    refused(
                            "packetBytesMax is too small: value="
                                    + hello.packetBytesMax()
                                    + " least="
                                    + WireLimits.PACKET_BYTES_MAX_LEAST));
        }
        if (hello.authMethod() == Hello.AUTH_NONE && hello.authData().length > 0) {
            return Optional.of(
                    refused(
                            "no authentication, and data for it: authMethod=0 bytes="
                                    + hello.authData().length));
        }
        boolean isOffered = asksWho && hello.authMethod() == Hello.AUTH_TOKEN;
        if (hello.authMethod() != Hello.AUTH_NONE && !isOffered) {
            return Optional.of(
                    refused("authentication is not offered: authMethod=" + hello.authMethod()));
        }
        return Optional.empty();
    }

    /** What is in force: all that both sides can do. */
    static long features(Hello hello, boolean asksWho) {
        long offered = asksWho ? Features.SUPPORTED : Features.SUPPORTED & ~Features.AUTHENTICATION;
        return hello.features() & offered;
    }

    static Welcome welcome(long features, Sessions sessions) {
        ServerLimits limits = sessions.limits();
        ByteBuffer uuid = ByteBuffer.wrap(sessions.store().uuid());
        return new Welcome(
                WireLimits.VERSION,
                limits.packetBytesMax(),
                features,
                limits.streamsMax(),
                limits.requestsMax(),
                limits.idleMillis(),
                limits.pagesPerPacketMax(),
                new UUID(uuid.getLong(), uuid.getLong()),
                sessions.agent());
    }

    private static ErrorReply refused(String text) {
        return ErrorReply.of(Errno.EINVAL, MessageType.HELLO, text);
    }

    /** A method of capital letters and a space, or the beginning of HTTP/2. */
    private static boolean isHttp(String first) {
        return first.matches("(?s)(GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|CONNECT|PATCH|PRI) .*");
    }
}
