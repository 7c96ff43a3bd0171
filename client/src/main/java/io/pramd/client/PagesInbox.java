package io.pramd.client;

import io.netty.buffer.ByteBuf;
import io.pramd.protocol.DecodeException;
import io.pramd.protocol.Errno;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PageSink;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * Thread-safe: where the event loop puts arrived pages and a loader takes them. Bounded by what has
 * been asked for: a packet beyond that breaks the protocol.
 */
final class PagesInbox implements Exchange.PagesReceiver {
    /** Stands in the queue for a failure. */
    private static final Object FAILED = new Object();

    private final PacketBuffers buffers;
    private final Exchange exchange;
    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    private final AtomicLong requestedPages = new AtomicLong();
    private final CRC32C crc = new CRC32C();
    private long arrivedPages;
    private Arrival arriving;
    private boolean failed;
    private boolean closed;

    PagesInbox(PacketBuffers buffers, Exchange exchange) {
        this.buffers = buffers;
        this.exchange = exchange;
    }

    /** So many pages from the first on may come. */
    void expectUpTo(long pages) {
        requestedPages.set(pages);
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
        buffers.giveBack(batch.data());
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
    public PageSink onPages(PacketHeader header, int pageCount, ByteBuf table) {
        if (arrivedPages + pageCount > requestedPages.get()) {
            throw DecodeException.refused(header, Errno.EINVAL, "pages that were not asked for");
        }
        if (pageCount == 0 || failed || isClosed()) {
            return null;
        }
        ByteBuf data = buffers.take(pageCount);
        arriving = new Arrival(new PageBatch(arrivedPages, pageCount, table, data));
        arrivedPages += pageCount;
        return arriving;
    }

    /** Event loop only, so that no buffer is given back while the kernel writes to it. */
    @Override
    public void onFailure(Throwable failure) {
        failed = true;
        if (arriving != null) {
            arriving.cut();
        }
        arrived.add(FAILED);
    }

    private synchronized boolean isClosed() {
        return closed;
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

    /** Event loop only: one packet's pages on their way into a buffer. */
    private final class Arrival implements PageSink {
        private final PageBatch batch;
        private final ByteBuf data;
        private boolean cut;

        Arrival(PageBatch batch) {
            this.batch = batch;
            this.data = batch.data();
        }

        /** The stream has failed: what is still to come of this packet goes nowhere. */
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
