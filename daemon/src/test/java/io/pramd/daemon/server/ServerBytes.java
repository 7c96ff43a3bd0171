package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pramd.protocol.DecodeException;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PacketLimits;
import io.pramd.protocol.PacketReader;
import io.pramd.protocol.PacketSink;
import io.pramd.protocol.PageSink;
import io.pramd.protocol.PagesPacket;
import io.pramd.protocol.WireLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One owner: reads what the server sends, packet by packet. */
final class ServerBytes implements PacketSink {
    private final ArrayDeque<Answer> answers = new ArrayDeque<>();
    private final EmbeddedChannel packets =
            new EmbeddedChannel(new PacketReader(this, PacketLimits.ofClient()));

    /**
     * Immutable: one packet.
     *
     * @param message null for PAGES
     * @param pages of PAGES; their checksums have been compared
     */
    record Answer(long id, MessageType type, int flags, Message message, List<byte[]> pages) {
        boolean isLast() {
            return (flags & PagesPacket.LAST) != 0;
        }

        boolean isEnd() {
            return (flags & PagesPacket.END) != 0;
        }
    }

    void add(ByteBuf bytes) {
        packets.writeInbound(bytes);
    }

    /** The next packet, null when there is none. */
    Answer poll() {
        return answers.poll();
    }

    void close() {
        packets.finishAndReleaseAll();
    }

    @Override
    public void onNotPreface(ByteBuf firstBytes) {
        throw new AssertionError("not the preface: " + ByteBufUtil.hexDump(firstBytes));
    }

    @Override
    public Verdict onHeader(PacketHeader header) {
        return Verdict.ACCEPT;
    }

    @Override
    public void onPacket(PacketHeader header, ByteBuf payload) {
        Message message = MessageCodec.decode(header, payload);
        answers.add(new Answer(header.id(), header.type(), 0, message, List.of()));
    }

    @Override
    public PageSink onPages(PacketHeader header, int pageCount, ByteBuf table) {
        return new CollectingSink(header, pageCount, table.copy());
    }

    @Override
    public void onUnreadable(PacketHeader header, DecodeException e) {
        throw new AssertionError("the server sent " + header, e);
    }

    private final class CollectingSink implements PageSink {
        private final PacketHeader header;
        private final int pageCount;
        private final ByteBuf table;
        private final ByteBuf data = Unpooled.buffer();

        CollectingSink(PacketHeader header, int pageCount, ByteBuf table) {
            this.header = header;
            this.pageCount = pageCount;
            this.table = table;
        }

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
            data.writeBytes(in, bytesMax);
            return bytesMax;
        }

        @Override
        public void complete() {
            List<byte[]> pages = new ArrayList<>();
            byte[] all = ByteBufUtil.getBytes(data);
            for (int i = 0; i < pageCount; i++) {
                int from = i * WireLimits.PAGE_BYTES;
                byte[] page = Arrays.copyOfRange(all, from, from + WireLimits.PAGE_BYTES);
                if (ClientBytes.crc(page) != PagesPacket.entryCsum(table, i)) {
                    throw new AssertionError("page " + i + " of " + header + " is damaged");
                }
                pages.add(page);
            }
            table.release();
            answers.add(new Answer(header.id(), header.type(), header.flags(), null, pages));
        }
    }
}
