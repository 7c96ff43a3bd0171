package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Hole;
import io.pramd.daemon.node.PageBatch;
import io.pramd.protocol.BadPages;
import io.pramd.protocol.PagesPacket;
import io.pramd.protocol.WireLimits;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Event loop only: answers the READs of one connection. Its streams take turns, batch by batch, so
 * that a big or slow one does not keep the others waiting; nothing is read from the store while the
 * client does not take what was sent.
 */
final class PagePump {
    /** As which its work is counted. */
    static final String VERB = "read";

    /** Most pages read and sent at a time: 1 MiB. */
    private static final int BATCH_PAGES_MAX = 256;

    /** Most batches that the store is asked for at a time. */
    private static final int READING_MAX = 16;

    private final Peer peer;
    private final Profile profile;
    private final Metering metering;
    private final ArrayDeque<OpenLoad> turns = new ArrayDeque<>();
    private int reading;
    private boolean serving;
    private boolean servesNextTurn;

    PagePump(Peer peer, Profile profile, Metering metering) {
        this.peer = peer;
        this.profile = profile;
        this.metering = metering;
    }

    /** The stream may have something to send. */
    void offer(OpenLoad load) {
        takesTurn(load);
        serve();
    }

    private void takesTurn(OpenLoad load) {
        if (load.isReadable() && !load.isInTurn()) {
            load.inTurn(true);
            turns.add(load);
        }
    }

    /**
     * Goes on when the loop has looked at its sockets: a client that takes pages as fast as they
     * are sent must not keep the loop from everybody else's packets, and its own.
     */
    void serveNextTurn() {
        if (!turns.isEmpty() && !servesNextTurn) {
            servesNextTurn = true;
            peer.execute(
                    () -> {
                        servesNextTurn = false;
                        serve();
                    });
        }
    }

    /** Goes on as far as the client takes it. */
    void serve() {
        if (serving) {
            return; // an answer that came at once: the loop below goes on with it
        }
        serving = true;
        while (!turns.isEmpty() && reading < READING_MAX && peer.isWritable()) {
            OpenLoad load = turns.remove();
            load.inTurn(false);
            if (load.isReadable()) {
                readNext(load);
            }
        }
        serving = false;
    }

    private void readNext(OpenLoad load) {
        long pages = Math.min(load.pagesLeft(), batchPagesMax());
        if (pages <= 0) {
            int flags = PagesPacket.LAST | (load.isAtEnd() ? PagesPacket.END : 0);
            peer.sendPages(head(load.id(), flags, new long[0], 0), List.of(), () -> {});
            done(load, null);
            offer(load);
            return;
        }
        reading++;
        load.reading(true);
        peer.ask(
                () -> load.stream().read(load.nextPage(), (int) pages),
                (batch, failure) -> arrived(load, batch, failure));
    }

    private void arrived(OpenLoad load, PageBatch batch, Throwable failure) {
        reading--;
        load.reading(false);
        if (load.isOver()) {
            if (batch != null) {
                batch.release();
            }
        } else if (failure != null) {
            peer.answer(load.id(), Answers.readError(load.firstRead(), failure, peer.log));
            done(load, failure);
        } else {
            send(load, batch);
        }
        offer(load);
    }

    private void send(OpenLoad load, PageBatch batch) {
        int count = batch.count();
        load.sent(count, metering.begin());
        boolean last = load.pagesLeft() <= 0 || batch.end() || count == 0;
        int flags = (last ? PagesPacket.LAST : 0) | (load.isAtEnd() ? PagesPacket.END : 0);
        if (batch.hole().isPresent()) {
            sendHole(load, batch, batch.hole().get());
            if (last) {
                peer.sendPages(head(load.id(), flags, new long[0], 0), List.of(), () -> {});
                done(load, null);
            }
            return;
        }
        profile.loaded(count);
        if (batch.isCopied() || peer.isEncrypted()) {
            // what encrypts reads by itself, and a frame without backing would be its death
            copy(load, batch, flags);
            return;
        }
        ByteBuf head;
        try {
            head = head(load.id(), flags, batch.table(), count);
        } catch (RuntimeException | Error e) {
            batch.release(); // no memory: the connection ends, and its pins must not stay
            throw e;
        }
        List<ByteBuf> runs = new ArrayList<>(batch.runs().size());
        for (MemorySegment run : batch.runs()) {
            runs.add(Unpooled.wrappedBuffer(run.asByteBuffer()));
        }
        load.batchesUnsentBy(1);
        peer.sendPages(
                head,
                runs,
                () -> {
                    batch.release();
                    load.batchesUnsentBy(-1);
                    takesTurn(load);
                    serveNextTurn();
                });
        if (last) {
            done(load, null);
        }
    }

    private void copy(OpenLoad load, PageBatch batch, int flags) {
        int headBytes = PagesPacket.headBytes(batch.count());
        int pageBytes = batch.count() * WireLimits.PAGE_BYTES;
        try {
            peer.answerPages(
                    headBytes + pageBytes,
                    out -> {
                        out.ensureWritable(headBytes + pageBytes);
                        writeHead(out, load.id(), flags, batch.table(), batch.count());
                        batch.copyTo(out.nioBuffer(out.writerIndex(), pageBytes));
                        out.writerIndex(out.writerIndex() + pageBytes);
                    });
        } catch (StoreException e) {
            peer.answer(load.id(), Answers.readError(load.firstRead(), e, peer.log));
            done(load, e);
            return;
        } finally {
            batch.release();
        }
        if ((flags & PagesPacket.LAST) != 0) {
            done(load, null);
        }
    }

    /** Its first READ is answered; null: well. */
    private void done(OpenLoad load, Throwable failure) {
        long now = metering.begin();
        metering.took(VERB, Metering.result(failure), load.readNanos(now));
        load.readDone(now);
    }

    private void sendHole(OpenLoad load, PageBatch batch, Hole hole) {
        batch.release(); // it has no pages
        peer.answer(
                load.id(),
                new BadPages(batch.firstPage(), batch.count(), hole.pfn(), hole.reason()));
    }

    private ByteBuf head(long id, int flags, long[] table, int pageCount) {
        int bytes = PagesPacket.headBytes(pageCount);
        ByteBuf head = peer.buffer(bytes);
        writeHead(head, id, flags, table, pageCount);
        return head;
    }

    private static void writeHead(ByteBuf out, long id, int flags, long[] table, int pageCount) {
        PagesPacket.writeHeader(out, id, flags, pageCount);
        for (int i = 0; i < pageCount; i++) {
            out.writeLongLE(table[i]); // flags in the low half, csum in the high half
        }
    }

    private int batchPagesMax() {
        long packet = peer.packetBytesMax() / WireLimits.PAGE_WITH_ENTRY_BYTES;
        return (int) Math.min(packet, BATCH_PAGES_MAX);
    }
}
