package io.pramd.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pramd.protocol.BadPages;
import io.pramd.protocol.DecodeException;
import io.pramd.protocol.Errno;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PageSink;
import io.pramd.protocol.PagesPacket;
import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * Thread-safe: where the event loop puts arrived pages and a loader takes them. Bounded by what has
 * been asked for: a packet beyond that breaks the protocol.
 */
final class PagesInbox implements Exchange.PagesReceiver {
    /** Stands in the queue for a failure. */
    private static final Object FAILED = new Object();

    /** About as many batches as are on their way. */
    private static final int SPARE_ENTRIES_MAX = 8;

    private final PacketBuffers buffers;
    private final Exchange exchange;
    private final boolean mayHaveHoles;
    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    private final Deque<Range> asked = new ArrayDeque<>(); // guarded by this
    // of batches given back: a stream allocates nothing for each of its pages; guarded by this
    private final Deque<long[]> spareEntries = new ArrayDeque<>(SPARE_ENTRIES_MAX);
    private final CRC32C crc = new CRC32C();
    private Landing landing; // guarded by this
    private boolean closed; // guarded by this
    private Arrival arriving;
    private boolean failed;

    PagesInbox(PacketBuffers buffers, Exchange exchange, boolean mayHaveHoles) {
        this.buffers = buffers;
        this.exchange = exchange;
        this.mayHaveHoles = mayHaveHoles;
    }

    /** These pages may come, behind those that were asked for before. */
    synchronized void expect(long firstPage, long pageCount) {
        asked.add(new Range(firstPage, pageCount));
    }

    /**
     * From here on pages that lie within these go straight into the target.
     *
     * @param target direct, with room for whole pages
     */
    synchronized void landIn(ByteBuffer target, long firstPage) {
        ByteBuf into = Unpooled.wrappedBuffer(target.slice());
        landing = new Landing(into, firstPage, into.capacity() / WireLimits.PAGE_BYTES);
    }

    /** Nothing that begins to come from here on goes into the target. */
    synchronized void landNoMore() {
        landing = null;
    }

    /** Nothing that has begun to come goes on into the target when this returns. */
    void cutLanding(Connection connection) {
        CompletableFuture<Void> cut = new CompletableFuture<>();
        connection.onLoop(
                () -> {
                    if (arriving != null && arriving.batch.isInPlace()) {
                        arriving.cut();
                    }
                    cut.complete(null);
                });
        cut.join(); // event loops do not wait for anything
    }

    /** The next batch, to be given back; null when none has come within the time. */
    PageBatch poll(long nanos) throws InterruptedException {
        Object next = arrived.poll(nanos, TimeUnit.NANOSECONDS);
        if (next == FAILED) {
            arrived.add(FAILED);
            return null;
        }
        return (PageBatch) next;
    }

    void giveBack(PageBatch batch) {
        if (batch.hole().isEmpty()) {
            buffers.giveBack(batch.data());
            keep(batch.entries());
        }
    }

    private synchronized void keep(long[] entries) {
        if (spareEntries.size() < SPARE_ENTRIES_MAX) {
            spareEntries.add(entries);
        }
    }

    private long[] read(ByteBuf table, int pageCount) {
        long[] spare = spareEntries.poll();
        long[] entries = spare != null && spare.length >= pageCount ? spare : new long[pageCount];
        for (int i = 0; i < pageCount; i++) {
            entries[i] = table.getLongLE(table.readerIndex() + i * WireLimits.PAGE_ENTRY_BYTES);
        }
        return entries;
    }

    /** Event loop only: what is on its way is not waited for, nobody may ever send the rest. */
    void dropArriving() {
        if (arriving != null) {
            arriving.cut();
        }
    }

    /** Nothing more is taken; what has come is given back. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        for (Object next = arrived.poll(); next != null; next = arrived.poll()) {
            if (next instanceof PageBatch batch) {
                giveBack(batch);
            }
        }
    }

    /** Event loop only. */
    @Override
    public synchronized PageSink onPages(PacketHeader header, int pageCount, ByteBuf table) {
        Range range = asked.peek();
        if (range == null || pageCount > range.left) {
            throw DecodeException.refused(header, Errno.EINVAL, "pages that were not asked for");
        }
        long firstPage = range.take(pageCount);
        if ((header.flags() & PagesPacket.LAST) != 0) {
            if (range.left > 0 && (header.flags() & PagesPacket.END) == 0) {
                // what comes next would be taken for other pages
                throw DecodeException.refused(header, Errno.EINVAL, "pages are missing");
            }
            asked.remove();
        }
        if (pageCount == 0 || failed || closed) {
            return null;
        }
        ByteBuf place = landing == null ? null : landing.placeOf(firstPage, pageCount);
        ByteBuf data = place == null ? buffers.take(pageCount) : place;
        long[] entries = read(table, pageCount);
        arriving = new Arrival(new PageBatch(firstPage, pageCount, entries, data, place != null));
        return arriving;
    }

    /** Event loop only. */
    @Override
    public synchronized void onBadPages(PacketHeader header, BadPages bad) {
        Range range = asked.peek();
        boolean isAskedFor =
                range != null
                        && bad.firstPage() == range.nextPage
                        && bad.pageCount() > 0
                        && bad.pageCount() <= Math.min(range.left, Integer.MAX_VALUE);
        if (!mayHaveHoles || !isAskedFor) {
            throw DecodeException.refused(
                    header, Errno.EINVAL, "bad pages that were not asked for");
        }
        range.take((int) bad.pageCount());
        if (!failed && !closed) {
            arrived.add(PageBatch.hole(bad));
        }
    }

    /** Event loop only, so that no buffer is given back while the kernel writes to it. */
    @Override
    public void onFailure(Throwable failure) {
        failed = true;
        dropArriving();
        arrived.add(FAILED);
    }

    private void arrive(PageBatch batch) {
        arriving = null;
        synchronized (this) {
            if (!closed) {
                arrived.add(batch);
                return;
            }
        }
        giveBack(batch);
    }

    /** One owner: what one READ asked for and has not come yet. */
    private static final class Range {
        private long nextPage;
        private long left;

        Range(long firstPage, long pageCount) {
            nextPage = firstPage;
            left = pageCount;
        }

        long take(int pageCount) {
            long firstPage = nextPage;
            nextPage += pageCount;
            left -= pageCount;
            return firstPage;
        }
    }

    /** Immutable: where pages go that a caller has a place for. */
    private record Landing(ByteBuf into, long firstPage, long pageCount) {

        /** Null: they are not all within. */
        ByteBuf placeOf(long first, int count) {
            if (first < firstPage || first + count > firstPage + pageCount) {
                return null;
            }
            int start = (int) (first - firstPage) * WireLimits.PAGE_BYTES;
            return into.retainedSlice(start, count * WireLimits.PAGE_BYTES).writerIndex(0);
        }
    }

    /** Event loop only: one packet's pages on their way into a buffer. */
    private final class Arrival implements PageSink {
        private final PageBatch batch;
        private final ByteBuf data;
        private boolean cut;

        Arrival(PageBatch batch) {
            this.batch = batch;
            this.data = batch.data();
        }

        /** What is still to come of this packet goes nowhere. */
        void cut() {
            cut = true;
            arriving = null;
            giveBack(batch);
        }

        @Override
        public ByteBuf window(int bytesLeft) {
            if (cut) {
                return null;
            }
            return data.retainedSlice(data.writerIndex(), bytesLeft).writerIndex(0);
        }

        @Override
        public void received(int bytes) {
            data.writerIndex(data.writerIndex() + bytes);
            moved();
        }

        @Override
        public int copy(ByteBuf in, int bytesMax) {
            if (cut) {
                in.skipBytes(bytesMax);
                return bytesMax;
            }
            data.writeBytes(in, bytesMax);
            moved();
            return bytesMax;
        }

        @Override
        public void complete() {
            if (!cut) {
                arrive(batch);
            }
        }

        private void moved() {
            exchange.progressed();
            batch.verify(crc);
        }
    }
}
