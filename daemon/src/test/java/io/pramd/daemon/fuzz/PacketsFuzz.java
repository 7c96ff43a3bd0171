package io.pramd.daemon.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pramd.protocol.DecodeException;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PacketLimits;
import io.pramd.protocol.PacketReader;
import io.pramd.protocol.PacketSink;
import io.pramd.protocol.PageSink;
import io.pramd.protocol.Preface;
import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. Any bytes behind a preface, or instead of one: the packets read out of them are the
 * same, however the bytes are cut. The first byte of the input says how.
 */
public final class PacketsFuzz {
    private PacketsFuzz() {}

    /** The entry that the fuzzer looks for. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        boolean isPrefaced = (input[0] & 0x80) != 0;
        int piece = 1 + (input[0] & 0x7F);
        ByteBuf bytes = Unpooled.buffer();
        if (isPrefaced) {
            Preface.write(bytes);
        }
        bytes.writeBytes(input, 1, input.length - 1);
        byte[] all = ByteBufUtil.getBytes(bytes);
        List<String> whole = read(all, all.length);
        List<String> cut = read(all, piece);
        if (!whole.equals(cut)) {
            throw new AssertionError("pieces of " + piece + ": " + cut + ", as one: " + whole);
        }
    }

    private static List<String> read(byte[] bytes, int piece) {
        Events events = new Events();
        EmbeddedChannel channel =
                new EmbeddedChannel(new PacketReader(events, PacketLimits.ofDaemon()));
        try {
            for (int at = 0; at < bytes.length; at += piece) {
                int count = Math.min(piece, bytes.length - at);
                channel.writeInbound(Unpooled.directBuffer(count).writeBytes(bytes, at, count));
            }
            return events.said;
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    /** Event loop only. Writes down what is read. */
    private static final class Events implements PacketSink {
        private final List<String> said = new ArrayList<>();

        @Override
        public void onNotPreface(ByteBuf firstBytes) {
            said.add("not preface " + ByteBufUtil.hexDump(firstBytes));
        }

        @Override
        public Verdict onHeader(PacketHeader header) {
            said.add(header.toString());
            return Verdict.ACCEPT;
        }

        @Override
        public void onPacket(PacketHeader header, ByteBuf payload) {
            said.add(MessageCodec.decode(header, payload).type().toString());
        }

        @Override
        public PageSink onPages(PacketHeader header, int pageCount, ByteBuf table) {
            said.add("pages " + pageCount + " " + ByteBufUtil.hashCode(table));
            return new Pages();
        }

        @Override
        public void onUnreadable(PacketHeader header, DecodeException e) {
            said.add("unreadable closing=" + e.isClosing() + " " + e.getMessage());
        }

        private final class Pages implements PageSink {
            private int sum;

            @Override
            public ByteBuf window(int bytesLeft) {
                return null;
            }

            @Override
            public void received(int bytes) {
                throw new AssertionError("no window was given");
            }

            @Override
            public int copy(ByteBuf in, int bytesMax) {
                for (int i = 0; i < bytesMax; i++) {
                    sum = sum * 31 + in.readByte();
                }
                return bytesMax;
            }

            @Override
            public void complete() {
                said.add("data " + sum);
            }
        }
    }
}
