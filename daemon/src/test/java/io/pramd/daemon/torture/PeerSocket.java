package io.pramd.daemon.torture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.pramd.protocol.Durability;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.Hello;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.PagesPacket;
import io.pramd.protocol.Preface;
import io.pramd.protocol.PrepareLoad;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/** One owner. A peer that sends what it likes, byte by byte if it likes. */
final class PeerSocket implements AutoCloseable {
    private static final int CONNECT_MILLIS = 10_000;

    private final Socket socket = new Socket();

    /** Connects to a daemon on a port of this machine. */
    PeerSocket(String uri) throws IOException {
        this(uri, 0);
    }

    /**
     * The same.
     *
     * @param receiveBytes what the kernel takes in ahead of us; 0: as it likes
     */
    PeerSocket(String uri, int receiveBytes) throws IOException {
        if (receiveBytes > 0) {
            socket.setReceiveBufferSize(receiveBytes);
        }
        int port = URI.create(uri).getPort();
        socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
    }

    PeerSocket send(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    PeerSocket send(byte[] bytes, int offset, int count) throws IOException {
        socket.getOutputStream().write(bytes, offset, count);
        return this;
    }

    /**
     * What the daemon says until it closes; a reset ends it as well.
     *
     * @param millis how long it may be silent
     * @throws java.net.SocketTimeoutException when it neither says anything nor closes
     */
    byte[] readToEnd(int millis) throws IOException {
        socket.setSoTimeout(millis);
        ByteBuf said = Unpooled.buffer();
        byte[] part = new byte[8192];
        InputStream in = socket.getInputStream();
        try {
            for (int count = in.read(part); count >= 0; count = in.read(part)) {
                said.writeBytes(part, 0, count);
            }
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // a reset is an end, too
        }
        return ByteBufUtil.getBytes(said);
    }

    /** Drops what comes, as fast as it comes; returns at the end. */
    void drain() {
        byte[] part = new byte[64 << 10];
        try {
            InputStream in = socket.getInputStream();
            while (in.read(part) >= 0) {
                // to the end
            }
        } catch (IOException e) {
            // a reset, or closed by us
        }
    }

    /** Breaks the connection without a word, as a peer that dies with unread bytes. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Preface and HELLO. */
    static byte[] greeting() {
        ByteBuf out = Unpooled.buffer();
        Preface.write(out);
        MessageCodec.write(out, 0, Hello.of("peer"));
        return ByteBufUtil.getBytes(out);
    }

    static byte[] message(long id, Message message) {
        ByteBuf out = Unpooled.buffer();
        MessageCodec.write(out, id, message);
        return ByteBufUtil.getBytes(out);
    }

    static byte[] prepareSave(long id, String name) {
        return message(
                id,
                new PrepareSave(
                        StreamType.PAGE,
                        true,
                        Durability.DAEMON_DEFAULT,
                        PrepareSave.DEADLINE_DEFAULT,
                        SaveId.NONE,
                        PrepareSave.BYTES_UNKNOWN,
                        0,
                        name,
                        Map.of(),
                        Optional.empty()));
    }

    /** A PAGES packet of zeros. */
    static byte[] pages(long id, int count) {
        CRC32C crc = new CRC32C();
        byte[] page = new byte[WireLimits.PAGE_BYTES];
        crc.update(page);
        ByteBuf out = Unpooled.buffer();
        PagesPacket.writeHeader(out, id, 0, count);
        for (int i = 0; i < count; i++) {
            PagesPacket.writeEntry(out, i, (int) crc.getValue());
        }
        for (int i = 0; i < count; i++) {
            out.writeBytes(page);
        }
        return ByteBufUtil.getBytes(out);
    }

    /** Greeting, a save of one page, and a load that consumes it: all in one go. */
    static byte[] conversation(String name) {
        return ByteBufUtil.getBytes(
                Unpooled.wrappedBuffer(
                        greeting(),
                        prepareSave(1, name),
                        pages(1, 1),
                        message(1, new FinishSave(WireLimits.PAGE_BYTES)),
                        message(2, new PrepareLoad(StreamType.ANY, false, 1000, 0, name, Map.of())),
                        message(2, new ReadPages(0, 1))));
    }

    /** Opens a peek and asks for all of it. */
    static byte[] peekAll(long id, String name, long pages) {
        return ByteBufUtil.getBytes(
                Unpooled.wrappedBuffer(
                        message(id, new PrepareLoad(StreamType.ANY, true, 0, 0, name, Map.of())),
                        message(id, new ReadPages(0, pages))));
    }
}
