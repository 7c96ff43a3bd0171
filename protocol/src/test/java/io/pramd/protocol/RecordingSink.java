package io.pramd.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Event loop only: writes down what a reader says, and pauses where it is told to. Page data goes
 * to direct memory.
 */
final class RecordingSink implements PacketSink {
    /** What has been said, in order. */
    final List<String> events = new ArrayList<>();

    /** Asked wherever a pause is possible. */
    BooleanSupplier pauses = () -> false;

    /** Largest window handed out. */
    int windowBytesMax = Integer.MAX_VALUE;

    /** Bytes that the kernel wrote. */
    long directBytes;

    /** Most bytes offered at once that came through a buffer. */
    int largestCopied;

    PacketSink.Verdict verdict = Verdict.ACCEPT;
    PacketReader reader;

    @Override
    public void onNotPreface(ByteBuf firstBytes) {
        events.add("not preface " + ByteBufUtil.hexDump(firstBytes));
    }

    @Override
    public Verdict onHeader(PacketHeader header) {
        if (pauses.getAsBoolean()) {
            return Verdict.WAIT;
        }
        events.add("header " + header);
        return verdict;
    }

    @Override
    public void onPacket(PacketHeader header, ByteBuf payload) {
        events.add("message " + MessageCodec.decode(header, payload));
        if (pauses.getAsBoolean()) {
            reader.pause();
        }
    }

    @Override
    public PageSink onPages(PacketHeader header, int pageCount, ByteBuf table) {
        events.add("table " + pageCount + " " + ByteBufUtil.hexDump(table));
        return new Pages(pageCount * WireLimits.PAGE_BYTES);
    }

    @Override
    public void onUnreadable(PacketHeader header, DecodeException e) {
        events.add(
                "unreadable " + header.id() + " closing=" + e.isClosing() + " " + e.getMessage());
    }

    private final class Pages implements PageSink {
        private final ByteBuf data;

        Pages(int bytes) {
            data = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(bytes)).clear();
        }

        @Override
        public ByteBuf window(int bytesLeft) {
            if (pauses.getAsBoolean()) {
                return null;
            }
            int bytes = Math.min(bytesLeft, windowBytesMax);
            return data.retainedSlice(data.writerIndex(), bytes).writerIndex(0);
        }

        @Override
        public void received(int bytes) {
            directBytes += bytes;
            data.writerIndex(data.writerIndex() + bytes);
        }

        @Override
        public int copy(ByteBuf in, int bytesMax) {
            largestCopied = Math.max(largestCopied, bytesMax);
            if (pauses.getAsBoolean()) {
                return 0;
            }
            data.writeBytes(in, bytesMax);
            return bytesMax;
        }

        @Override
        public void complete() {
            events.add("pages " + data.readableBytes() + " hash=" + ByteBufUtil.hashCode(data));
        }
    }
}
