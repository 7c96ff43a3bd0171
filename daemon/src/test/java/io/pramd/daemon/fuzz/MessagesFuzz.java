package io.pramd.daemon.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.pramd.protocol.DecodeException;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.PacketHeader;
import java.util.Arrays;
import java.util.Optional;

/**
 * Immutable. Any bytes as the payload of a message, whose number is the first of them: refused, or
 * a message that is the same behind another writing and reading.
 */
public final class MessagesFuzz {
    private static final long ID = 7;

    private MessagesFuzz() {}

    /** The entry that the fuzzer looks for. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] payload = Arrays.copyOfRange(input, 1, input.length);
        Optional<Message> message = decode(Byte.toUnsignedInt(input[0]), payload);
        if (message.isEmpty()) {
            return;
        }
        byte[] once = encode(message.get());
        ByteBuf packet = Unpooled.wrappedBuffer(once);
        byte[] twice = encode(MessageCodec.decode(PacketHeader.read(packet), packet));
        if (!Arrays.equals(once, twice)) {
            throw new AssertionError(
                    "written as "
                            + ByteBufUtil.hexDump(once)
                            + " and read and written as "
                            + ByteBufUtil.hexDump(twice));
        }
    }

    private static Optional<Message> decode(int type, byte[] payload) {
        ByteBuf bytes = Unpooled.wrappedBuffer(payload);
        try {
            return Optional.of(
                    MessageCodec.decode(new PacketHeader(payload.length, type, 0, 0, ID), bytes));
        } catch (DecodeException e) {
            if (e.isClosing()) {
                throw new AssertionError("a payload does not end a connection", e);
            }
            return Optional.empty();
        }
    }

    private static byte[] encode(Message message) {
        ByteBuf out = MessageCodec.encode(UnpooledByteBufAllocator.DEFAULT, ID, message);
        try {
            return ByteBufUtil.getBytes(out);
        } finally {
            out.release();
        }
    }
}
