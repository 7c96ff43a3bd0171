package io.pramd.daemon.server;

import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.PacketHeader;
import java.util.Optional;

/**
 * Event loop only: the ids that one connection has used up. One that does not increase could be
 * mistaken for an older one: nothing after it can be trusted.
 */
final class RequestIds {
    private long lastId;
    private PacketHeader claimed;

    /** Takes the id of a new request or stream, once per packet; answers why it cannot. */
    Optional<ErrorReply> claim(PacketHeader header) {
        if (header == claimed || !opensId(header)) {
            return Optional.empty();
        }
        claimed = header;
        if (Long.compareUnsigned(header.id(), lastId) <= 0) {
            return Optional.of(
                    ErrorReply.of(
                            Errno.EINVAL,
                            header.type(),
                            "ids must increase: id="
                                    + Long.toUnsignedString(header.id())
                                    + " last="
                                    + Long.toUnsignedString(lastId)));
        }
        lastId = header.id();
        return Optional.empty();
    }

    private static boolean opensId(PacketHeader header) {
        return switch (header.type()) {
            case PREPARE_SAVE,
                    OUTCOME,
                    PREPARE_LOAD,
                    LIST,
                    STAT,
                    REMOVE,
                    REMOVE_ALL,
                    INFO,
                    CHECK,
                    GROW,
                    BACKUP ->
                    true;
            case PING -> header.id() != Peer.CONNECTION_ID; // also the connection may be pinged
            default -> false;
        };
    }
}
