package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.pramd.protocol.Durability;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.Hello;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PagesPacket;
import io.pramd.protocol.Preface;
import io.pramd.protocol.PrepareLoad;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;

/** One owner: what a client sends, put together packet by packet. */
final class ClientBytes {
    private final ByteBuf out = Unpooled.buffer();

    /** Nothing yet. */
    static ClientBytes of() {
        return new ClientBytes();
    }

    /** The preface. */
    static ClientBytes preface() {
        ClientBytes bytes = new ClientBytes();
        Preface.write(bytes.out);
        return bytes;
    }

    /** Preface and HELLO. */
    static ClientBytes greeting() {
        return preface().message(0, Hello.of("test"));
    }

    /** The same of a client that can do only so much. */
    static ClientBytes greeting(long features) {
        int packetBytesMax = WireLimits.PACKET_BYTES_MAX;
        Hello hello = new Hello(1, 1, packetBytesMax, features, "test", 0, new byte[0]);
        return preface().message(0, hello);
    }

    ClientBytes message(long id, Message message) {
        MessageCodec.write(out, id, message);
        return this;
    }

    ClientBytes header(int length, int type, int flags, long id) {
        new PacketHeader(Integer.toUnsignedLong(length), type, flags, 0, id).write(out);
        return this;
    }

    ClientBytes raw(byte... bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** One PAGES packet; a page's flags are its index in the packet. */
    ClientBytes pages(long id, byte[]... pages) {
        PagesPacket.writeHeader(out, id, 0, pages.length);
        for (int i = 0; i < pages.length; i++) {
            PagesPacket.writeEntry(out, i, crc(pages[i]));
        }
        for (byte[] page : pages) {
            out.writeBytes(page);
        }
        return this;
    }

    /** One PAGES packet whose last page does not match its checksum. */
    ClientBytes damagedPages(long id, byte[]... pages) {
        pages(id, pages);
        int last = out.writerIndex() - 1;
        out.setByte(last, out.getByte(last) ^ 1);
        return this;
    }

    /** A whole page stream in one go: prepare, one packet, finish. */
    ClientBytes save(long id, String name, byte[]... pages) {
        return message(id, prepareSave(name))
                .pages(id, pages)
                .message(id, new FinishSave((long) pages.length * WireLimits.PAGE_BYTES));
    }

    byte[] bytes() {
        return ByteBufUtil.getBytes(out);
    }

    static PrepareSave prepareSave(String name) {
        return prepareSave(name, SaveId.NONE);
    }

    static PrepareSave prepareSave(String name, SaveId saveId) {
        return new PrepareSave(
                StreamType.PAGE,
                false,
                Durability.DAEMON_DEFAULT,
                PrepareSave.DEADLINE_DEFAULT,
                saveId,
                PrepareSave.BYTES_UNKNOWN,
                0,
                name,
                Map.of(),
                Optional.empty());
    }

    static PrepareSave replace(String name) {
        return new PrepareSave(
                StreamType.PAGE,
                true,
                Durability.PROCESS,
                PrepareSave.DEADLINE_DEFAULT,
                SaveId.NONE,
                PrepareSave.BYTES_UNKNOWN,
                0,
                name,
                Map.of(),
                Optional.empty());
    }

    static PrepareLoad load(String name) {
        return new PrepareLoad(StreamType.ANY, false, 0, 0, name, Map.of());
    }

    static PrepareLoad loadWaiting(String name, long waitMillis) {
        return new PrepareLoad(StreamType.ANY, false, waitMillis, 0, name, Map.of());
    }

    static PrepareLoad peek(String name) {
        return new PrepareLoad(StreamType.ANY, true, 0, 0, name, Map.of());
    }

    /** A page of bytes that follow from the seed. */
    static byte[] page(long seed) {
        byte[] page = new byte[WireLimits.PAGE_BYTES];
        new Random(seed).nextBytes(page);
        return page;
    }

    /** Pages of consecutive seeds. */
    static byte[][] pagesFrom(long seed, int count) {
        byte[][] pages = new byte[count][];
        for (int i = 0; i < count; i++) {
            pages[i] = page(seed + i);
        }
        return pages;
    }

    static int crc(byte[] page) {
        CRC32C crc = new CRC32C();
        crc.update(page);
        return (int) crc.getValue();
    }
}
