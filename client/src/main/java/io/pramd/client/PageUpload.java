package io.pramd.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.pramd.protocol.Discard;
import io.pramd.protocol.Durability;
import io.pramd.protocol.Errno;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PagesPacket;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * One owner: a save: fills packets with page data, sums each page once, and sends them with at most
 * four on their way.
 */
final class PageUpload {
    private enum State {
        OPEN,
        FINISHED,
        DISCARDED
    }

    private static final int PAGE_BYTES = WireLimits.PAGE_BYTES;
    private static final int DATA_BYTES = PacketBuffers.PAGES * PAGE_BYTES;
    private static final int IN_FLIGHT_MAX = 4;

    private final Connections connections;
    private final Duration patience;
    private final String name;
    private final StreamType type;
    private final SaveOptions options;
    private final Exchange exchange = new Exchange();
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
    private final CRC32C crc = new CRC32C();
    private final int[] flags = new int[PacketBuffers.PAGES];
    private final Connection connection;
    private final long id;
    private final long sequence;
    private State state = State.OPEN;
    private ByteBuf packet;
    private int packetBytes;
    private long byteLength;
    private boolean released;

    /** Opens the save: returns once the name is the saver's. */
    PageUpload(Connections connections, String name, StreamType type, SaveOptions options) {
        this.connections = connections;
        this.patience = connections.config().noProgress();
        this.name = Refusals.requireName(name);
        this.type = type;
        this.options = options;
        Refusals.requireMeta(options.meta());
        connection = connections.take();
        var opened = exchange.expect(MessageType.PREPARE_SAVE);
        id = connection.open(prepare(), exchange);
        try {
            Duration wait = options.deadline() == null ? Duration.ZERO : options.deadline();
            sequence =
                    ((SaveOpened)
                                    Answers.await(
                                            opened,
                                            exchange,
                                            patience.plus(wait),
                                            Effect.NONE,
                                            what()))
                            .sequence();
        } catch (PramException e) {
            release(e instanceof RejectedException);
            throw e;
        }
    }

    String name() {
        return name;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Bytes taken so far. */
    long byteLength() {
        return byteLength;
    }

    /** Takes all remaining bytes. */
    void append(ByteBuffer bytes) {
        requireOpen();
        while (bytes.hasRemaining()) {
            int count = Math.min(room(), bytes.remaining());
            ByteBuffer part = bytes.slice().limit(count);
            packet.setBytes(PacketBuffers.HEAD_BYTES + packetBytes, part);
            bytes.position(bytes.position() + count);
            taken(count);
        }
    }

    /** Takes one page of 4096 bytes with its flags. */
    void appendPage(ByteBuffer page, int pageFlags) {
        requireOpen();
        if (page.remaining() != PAGE_BYTES) {
            throw new RejectedException(
                    Errno.EINVAL, "a page has 4096 bytes: given=" + page.remaining());
        }
        room();
        flags[packetBytes / PAGE_BYTES] = pageFlags;
        append(page);
    }

    /**
     * Reads bytes of a channel straight into a packet.
     *
     * @return how many; -1 at the channel's end
     */
    int transferFrom(ReadableByteChannel source, long bytesMax) throws IOException {
        requireOpen();
        int count = (int) Math.min(room(), bytesMax);
        int read = source.read(packet.nioBuffer(PacketBuffers.HEAD_BYTES + packetBytes, count));
        if (read > 0) {
            taken(read);
        }
        return read;
    }

    /** Sends the rest and waits until the node is committed. Returns its sequence. */
    long finish() {
        requireOpen();
        if (type == StreamType.PAGE && byteLength % PAGE_BYTES != 0) {
            discard();
            throw new RejectedException(
                    Errno.EINVAL,
                    "a page stream is made of whole pages of 4096 bytes: bytes=" + byteLength);
        }
        state = State.FINISHED;
        try {
            requireUnbroken();
            if (packetBytes > 0) {
                sendPacket(true);
            }
        } catch (PramException e) {
            release(false);
            throw e;
        }
        return commit();
    }

    /** Ends the save without a node; returns once the name is free, or the connection closed. */
    void discard() {
        if (state != State.OPEN) {
            return;
        }
        state = State.DISCARDED;
        boolean clean = false;
        try {
            if (exchange.failure() == null) {
                var discarded = connection.request(id, new Discard(), exchange);
                Answers.await(discarded, exchange, patience, Effect.NONE, what());
                clean = true;
            }
        } catch (PramException e) {
            clean = false; // the daemon discards a save whose connection is gone
        } finally {
            release(clean);
        }
    }

    private PrepareSave prepare() {
        // A little less than this side's own patience, so that the daemon's answer comes first.
        Duration deadline =
                options.deadline() == null
                        ? patience.multipliedBy(4).dividedBy(5)
                        : options.deadline();
        return new PrepareSave(
                type,
                options.replace(),
                Durability.DAEMON_DEFAULT,
                Math.min(deadline.toMillis(), PrepareSave.DEADLINE_DEFAULT - 1),
                options.saveId(),
                options.declaredBytes(),
                0,
                name,
                options.meta());
    }

    /** Bytes that fit into the current packet, never 0: a full one is sent. */
    private int room() {
        if (packetBytes == DATA_BYTES) {
            requireUnbroken();
            sendPacket(false);
        }
        if (packet == null) {
            packet = connections.buffers().take();
        }
        return DATA_BYTES - packetBytes;
    }

    private void taken(int count) {
        packetBytes += count;
        byteLength += count;
    }

    private void sendPacket(boolean isLast) {
        awaitRoomInFlight();
        int pages = (packetBytes + PAGE_BYTES - 1) / PAGE_BYTES;
        int dataEnd = PacketBuffers.HEAD_BYTES + pages * PAGE_BYTES;
        packet.setZero(PacketBuffers.HEAD_BYTES + packetBytes, pages * PAGE_BYTES - packetBytes);
        int start = PacketBuffers.HEAD_BYTES - PagesPacket.headBytes(pages);
        packet.setIndex(start, start);
        PagesPacket.writeHeader(packet, id, 0, pages);
        writeTable(pages);
        packet.writerIndex(dataEnd);
        ByteBuf sent = packet;
        packet = null;
        packetBytes = 0;
        Arrays.fill(flags, 0);
        sent.retain(); // the second reference stays here, for the next packet
        ChannelFuture done =
                isLast ? connection.sendLater(sent, exchange) : connection.send(sent, exchange);
        done.addListener(
                f -> {
                    connections.buffers().giveBack(sent);
                    inFlight.release();
                });
    }

    private void writeTable(int pages) {
        ByteBuffer data = packet.nioBuffer(PacketBuffers.HEAD_BYTES, pages * PAGE_BYTES);
        for (int i = 0; i < pages; i++) {
            crc.reset();
            crc.update(data.limit((i + 1) * PAGE_BYTES).position(i * PAGE_BYTES));
            PagesPacket.writeEntry(packet, flags[i], (int) crc.getValue());
        }
    }

    private void awaitRoomInFlight() {
        exchange.progressed();
        while (true) {
            long leftNanos = exchange.progressNanos() + patience.toNanos() - System.nanoTime();
            if (leftNanos <= 0) {
                throw Effect.NONE.noProgress(what(), patience.toSeconds());
            }
            try {
                if (inFlight.tryAcquire(leftNanos, TimeUnit.NANOSECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Effect.NONE.lost(what(), new ConnectionLost("interrupted", e));
            }
        }
    }

    private long commit() {
        boolean clean = false;
        try {
            var saved = connection.request(id, new FinishSave(byteLength), exchange);
            long committed =
                    ((Saved) Answers.await(saved, exchange, patience, Effect.CHANGE, what()))
                            .sequence();
            clean = true;
            return committed;
        } catch (OutcomeUnknownException e) {
            release(false); // before the question: it fences a save that is still open
            return new Settlement(connections).settle(what(), options.saveId(), sequence, e);
        } finally {
            release(clean);
        }
    }

    private void requireUnbroken() {
        Throwable failure = exchange.failure();
        if (failure != null) {
            throw Answers.translate(failure, Effect.NONE, what());
        }
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new IllegalStateException(what() + " is " + state);
        }
    }

    private String what() {
        return "save of " + name;
    }

    private void release(boolean clean) {
        if (released) {
            return;
        }
        released = true;
        if (packet != null) {
            connections.buffers().giveBack(packet);
            packet = null;
        }
        connection.forget(id);
        if (clean) {
            connections.giveBack(connection);
        } else {
            connection.close();
        }
    }
}
