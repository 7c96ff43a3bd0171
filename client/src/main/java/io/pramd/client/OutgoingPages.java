package io.pramd.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.pramd.protocol.PagesPacket;
import io.pramd.protocol.WireLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * One owner: fills packets with page data, sums each page once, and sends them with at most four on
 * their way. What lies in a large direct buffer is sent from there.
 */
final class OutgoingPages {
    /** Whole pages of a direct buffer with so many bytes left are not copied. */
    static final int BY_REFERENCE_BYTES_MIN = 64 << 10;

    /**
     * Pages of the first packet of a buffer. So the first bytes are on their way while the rest is
     * summed: a buffer is lent for as long as its bytes take to be sent, and not to be summed
     * first.
     */
    private static final int BY_REFERENCE_PAGES_FIRST = 32;

    private static final int PAGE_BYTES = WireLimits.PAGE_BYTES;
    private static final int DATA_BYTES = PacketBuffers.PAGES * PAGE_BYTES;
    private static final int IN_FLIGHT_MAX = 4;

    private final Connection connection;
    private final Exchange exchange;
    private final PacketBuffers buffers;
    private final Call call;
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
    private final CRC32C crc = new CRC32C();
    private final int[] flags = new int[PacketBuffers.PAGES];
    private final int[] csums = new int[PacketBuffers.PAGES];
    private final BitSet isSummed = new BitSet(PacketBuffers.PAGES);
    private long id;
    private ByteBuf packet;
    private int packetBytes;
    private long byteLength;

    OutgoingPages(Connection connection, Exchange exchange, PacketBuffers buffers, Call call) {
        this.connection = connection;
        this.exchange = exchange;
        this.buffers = buffers;
        this.call = call;
    }

    /** The stream that the pages belong to. */
    void belongTo(long streamId) {
        id = streamId;
    }

    /** Bytes taken so far. */
    long byteLength() {
        return byteLength;
    }

    /** Takes all remaining bytes. */
    void append(ByteBuffer bytes) {
        if (bytes.isDirect() && bytes.remaining() >= BY_REFERENCE_BYTES_MIN) {
            copy(bytes, -packetBytes & PAGE_BYTES - 1); // up to the next page
            appendByReference(bytes);
        }
        copy(bytes, bytes.remaining());
    }

    /** Takes one page with its flags. */
    void appendPage(ByteBuffer page, int pageFlags) {
        room();
        flags[packetBytes / PAGE_BYTES] = pageFlags;
        copy(page, PAGE_BYTES);
    }

    /** Takes one page with its flags and the sum that it was given before. */
    void appendPage(ByteBuffer page, int pageFlags, int csum) {
        room();
        int index = packetBytes / PAGE_BYTES;
        csums[index] = csum;
        isSummed.set(index);
        appendPage(page, pageFlags);
    }

    /**
     * Reads bytes of a channel straight into a packet.
     *
     * @return how many; -1 at the channel's end
     */
    int transferFrom(ReadableByteChannel source, long bytesMax) throws IOException {
        int count = (int) Math.min(room(), bytesMax);
        int read = source.read(packet.nioBuffer(PacketBuffers.HEAD_BYTES + packetBytes, count));
        if (read > 0) {
            taken(read);
        }
        return read;
    }

    /** Hands the rest to the connection, to travel with the next message. */
    void writeRest() {
        requireUnbroken();
        if (packetBytes > 0) {
            write(finishPacket());
        }
    }

    /** Nothing more will be sent. */
    void release() {
        if (packet != null) {
            buffers.giveBack(packet);
            packet = null;
        }
    }

    private void copy(ByteBuffer bytes, int count) {
        for (int left = count; left > 0; ) {
            int part = Math.min(room(), left);
            packet.setBytes(PacketBuffers.HEAD_BYTES + packetBytes, bytes.slice().limit(part));
            bytes.position(bytes.position() + part);
            taken(part);
            left -= part;
        }
    }

    /** Sends the whole pages of a buffer from where they are; they are its owner's again after. */
    private void appendByReference(ByteBuffer bytes) {
        if (packetBytes > 0) {
            send(finishPacket());
        }
        boolean areSent = false;
        try {
            sendByReference(bytes);
        } finally {
            areSent = awaitAllSent();
        }
        if (!areSent) {
            throw call.expired(Effect.NONE);
        }
    }

    private void sendByReference(ByteBuffer bytes) {
        int most = BY_REFERENCE_PAGES_FIRST;
        while (bytes.remaining() >= PAGE_BYTES) {
            int count = Math.min(bytes.remaining() / PAGE_BYTES, most);
            most = PacketBuffers.PAGES;
            ByteBuffer pages = bytes.slice().limit(count * PAGE_BYTES);
            requireUnbroken();
            awaitRoomInFlight();
            ByteBuf head = Unpooled.directBuffer(PagesPacket.headBytes(count));
            writeHead(head, pages.slice(), count);
            ByteBuf whole = Unpooled.wrappedUnmodifiableBuffer(head, Unpooled.wrappedBuffer(pages));
            connection.send(whole, exchange).addListener(sent -> inFlight.release());
            bytes.position(bytes.position() + pages.limit());
            byteLength += pages.limit();
        }
    }

    /** Bytes that fit into the current packet, never 0: a full one is sent. */
    private int room() {
        if (packetBytes == DATA_BYTES) {
            send(finishPacket());
        }
        if (packet == null) {
            packet = buffers.take();
        }
        return DATA_BYTES - packetBytes;
    }

    private void taken(int count) {
        packetBytes += count;
        byteLength += count;
    }

    /** Pads the last page and puts header and table before the pages. */
    private ByteBuf finishPacket() {
        requireUnbroken();
        awaitRoomInFlight();
        int pages = (packetBytes + PAGE_BYTES - 1) / PAGE_BYTES;
        packet.setZero(PacketBuffers.HEAD_BYTES + packetBytes, pages * PAGE_BYTES - packetBytes);
        int start = PacketBuffers.HEAD_BYTES - PagesPacket.headBytes(pages);
        packet.setIndex(start, start);
        writeHead(packet, packet.nioBuffer(PacketBuffers.HEAD_BYTES, pages * PAGE_BYTES), pages);
        packet.writerIndex(PacketBuffers.HEAD_BYTES + pages * PAGE_BYTES);
        ByteBuf whole = packet;
        packet = null;
        packetBytes = 0;
        return whole;
    }

    private void writeHead(ByteBuf head, ByteBuffer data, int pages) {
        PagesPacket.writeHeader(head, id, 0, pages);
        for (int i = 0; i < pages; i++) {
            PagesPacket.writeEntry(head, flags[i], isSummed.get(i) ? csums[i] : csum(data, i));
        }
        Arrays.fill(flags, 0, pages, 0);
        isSummed.clear();
    }

    private int csum(ByteBuffer data, int index) {
        crc.reset();
        crc.update(data.limit((index + 1) * PAGE_BYTES).position(index * PAGE_BYTES));
        return (int) crc.getValue();
    }

    private void send(ByteBuf whole) {
        giveBackWhenSent(whole, connection.send(whole.retain(), exchange));
    }

    private void write(ByteBuf whole) {
        giveBackWhenSent(whole, connection.sendLater(whole.retain(), exchange));
    }

    /** The reference that was kept serves the next packet. */
    private void giveBackWhenSent(ByteBuf whole, ChannelFuture sending) {
        sending.addListener(
                sent -> {
                    buffers.giveBack(whole);
                    inFlight.release();
                });
    }

    private void awaitRoomInFlight() {
        exchange.progressed();
        Answers.awaitProgress(
                exchange,
                call,
                Effect.NONE,
                nanos -> inFlight.tryAcquire(nanos, TimeUnit.NANOSECONDS) ? this : null);
    }

    /**
     * Nothing refers to the caller's memory any more when this returns, whatever happens: when the
     * daemon does not take the bytes, the connection is given up.
     *
     * @return whether the daemon took them
     */
    private boolean awaitAllSent() {
        boolean interrupted = false;
        boolean areSent = true;
        while (true) {
            long nanos = Math.max(call.leftNanos(exchange), 1);
            try {
                if (inFlight.tryAcquire(IN_FLIGHT_MAX, nanos, TimeUnit.NANOSECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true; // later
                continue;
            }
            if (call.leftNanos(exchange) <= 0) {
                connection.close(); // fails all that is on its way
                inFlight.acquireUninterruptibly(IN_FLIGHT_MAX);
                areSent = false;
                break;
            }
        }
        inFlight.release(IN_FLIGHT_MAX);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return areSent;
    }

    private void requireUnbroken() {
        Throwable failure = exchange.failure();
        if (failure != null) {
            throw Answers.translate(failure, Effect.NONE, call);
        }
    }
}
