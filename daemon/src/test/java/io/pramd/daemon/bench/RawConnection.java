package io.pramd.daemon.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.Durability;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.Hello;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PagesPacket;
import io.pramd.protocol.Preface;
import io.pramd.protocol.PrepareLoad;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One owner. A blocking connection to a daemon that asks for no feature: what a client in any
 * language is at its simplest. Requests are gathered until {@link #flush}.
 */
final class RawConnection implements AutoCloseable {
    static final int PAGE_BYTES = WireLimits.PAGE_BYTES;

    private static final int BUFFER_BYTES = 1 << 20;

    /** Pages up to this are copied to the requests; longer ones go out from where they lie. */
    private static final int COPY_BYTES_MAX = 1 << 16;

    private final SocketChannel socket;
    private final Durability durability;
    private final ByteBuffer content;
    private final ByteBuf out = Unpooled.directBuffer(BUFFER_BYTES);
    private final ByteBuf in = Unpooled.directBuffer(BUFFER_BYTES, BUFFER_BYTES);
    private final CRC32C crc = new CRC32C();
    private final int[] csums = new int[WireLimits.PAGES_PER_PACKET_MAX];
    private long lastId;

    private RawConnection(SocketChannel socket, byte[] content, Durability durability) {
        this.socket = socket;
        this.durability = durability;
        this.content = ByteBuffer.allocateDirect(content.length).put(content).flip();
    }

    /** Greets. Streams will be that content, whole pages, over and over. */
    static RawConnection open(
            SocketKind kind, SocketAddress address, byte[] content, Durability durability)
            throws IOException {
        SocketChannel socket = SocketChannel.open(address);
        kind.prepare(socket);
        RawConnection connection = new RawConnection(socket, content, durability);
        connection.greet();
        return connection;
    }

    private void greet() throws IOException {
        Preface.write(out);
        int version = WireLimits.VERSION;
        long packetBytesMax = WireLimits.PACKET_BYTES_MAX;
        MessageCodec.write(
                out,
                0,
                new Hello(version, version, packetBytesMax, 0, "bench-raw", 0, new byte[0]));
        flush();
        await(Preface.BYTES);
        if (!Preface.matches(in)) {
            throw new IOException("not a daemon");
        }
        in.skipBytes(Preface.BYTES);
        readMessage(readHeader());
    }

    /** Puts a whole save; answers its id. */
    long putSave(String name, long bytes) throws IOException {
        long id = ++lastId;
        put(
                id,
                new PrepareSave(
                        StreamType.BYTE,
                        false,
                        durability,
                        PrepareSave.DEADLINE_DEFAULT,
                        SaveId.NONE,
                        bytes,
                        0,
                        name,
                        Map.of(),
                        Optional.empty()));
        for (long left = bytes; left > 0; left -= content.capacity()) {
            putPages(id, (int) Math.min(left, content.capacity()));
        }
        put(id, new FinishSave(bytes));
        return id;
    }

    private void putPages(long id, int bytes) throws IOException {
        PagesPacket.writeHeader(out, id, 0, bytes / PAGE_BYTES);
        ByteBuffer pages = content.duplicate();
        for (int at = 0; at < bytes; at += PAGE_BYTES) {
            crc.reset();
            crc.update(pages.limit(at + PAGE_BYTES).position(at));
            PagesPacket.writeEntry(out, 0, (int) crc.getValue());
        }
        pages.limit(bytes).position(0);
        if (bytes <= COPY_BYTES_MAX) {
            out.writeBytes(pages);
        } else {
            writeAll(out.nioBuffer(), pages);
            out.clear();
        }
    }

    /** Puts the opening of a load, or of a peek; answers its id. */
    long putOpen(String name, boolean peek) {
        long id = ++lastId;
        put(id, new PrepareLoad(StreamType.BYTE, peek, 0, 0, name, Map.of()));
        return id;
    }

    void putRead(long id, long firstPage, long pageCount) {
        put(id, new ReadPages(firstPage, pageCount));
    }

    void putFinish(long id, long sequence) {
        put(id, new FinishLoad(sequence));
    }

    void putAbort(long id) {
        put(id, new AbortLoad());
    }

    private void put(long id, Message message) {
        MessageCodec.write(out, id, message);
    }

    void flush() throws IOException {
        writeAll(out.nioBuffer());
        out.clear();
    }

    private void writeAll(ByteBuffer... bytes) throws IOException {
        while (bytes[bytes.length - 1].hasRemaining()) {
            socket.write(bytes);
        }
    }

    PacketHeader readHeader() throws IOException {
        await(PacketHeader.BYTES);
        return PacketHeader.read(in);
    }

    Message readMessage(PacketHeader header) throws IOException {
        if (header.length() > WireLimits.MESSAGE_BYTES_MAX) {
            throw new IOException("too long an answer: header=" + header);
        }
        await((int) header.length());
        return MessageCodec.decode(header, in.readSlice((int) header.length()));
    }

    /** Reads the pages of a packet as they come, and verifies each; answers how many there were. */
    int readPages(PacketHeader header) throws IOException {
        long pages = header.length() / WireLimits.PAGE_WITH_ENTRY_BYTES;
        if (pages > csums.length || header.length() % WireLimits.PAGE_WITH_ENTRY_BYTES != 0) {
            throw new IOException("wrong length of pages: header=" + header);
        }
        int count = (int) pages;
        await(PagesPacket.tableBytes(count));
        for (int i = 0; i < count; i++) {
            csums[i] = PagesPacket.entryCsum(in, i);
        }
        in.skipBytes(PagesPacket.tableBytes(count));
        for (int i = 0; i < count; i++) {
            await(PAGE_BYTES);
            crc.reset();
            crc.update(in.internalNioBuffer(in.readerIndex(), PAGE_BYTES));
            if ((int) crc.getValue() != csums[i]) {
                throw new IOException("a page does not verify: id=" + header.id() + " page=" + i);
            }
            in.skipBytes(PAGE_BYTES);
        }
        return count;
    }

    /** Returns when so many bytes are there; takes all that has come. */
    private void await(int bytes) throws IOException {
        if (in.readableBytes() >= bytes) {
            return;
        }
        in.discardReadBytes();
        while (in.readableBytes() < bytes) {
            if (in.writeBytes(socket, in.writableBytes()) < 0) {
                throw new EOFException("the daemon has closed the connection");
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        out.release();
        in.release();
    }
}
