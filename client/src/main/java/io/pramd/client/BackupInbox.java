package io.pramd.client;

import io.netty.buffer.ByteBuf;
import io.pramd.protocol.BadPages;
import io.pramd.protocol.FramesAre;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PageSink;
import io.pramd.protocol.WireLimits;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Thread-safe: where the event loop puts what has come of a backup: where to, and the pages. */
final class BackupInbox implements Exchange.PagesReceiver {
    private final BlockingQueue<Optional<FramesAre>> arrived = new LinkedBlockingQueue<>();
    private final PagesInbox pages;
    private long asked;

    BackupInbox(PacketBuffers buffers, Exchange exchange) {
        pages = new PagesInbox(buffers, exchange, false);
    }

    /** One more part may come. */
    void expect() {
        pages.expect(asked, WireLimits.PAGES_PER_PACKET_MAX);
        asked += WireLimits.PAGES_PER_PACKET_MAX;
    }

    /** Where the next pages belong; null when it has not come within the time, or never will. */
    FramesAre pollFrames(long nanos) throws InterruptedException {
        Optional<FramesAre> next = arrived.poll(nanos, TimeUnit.NANOSECONDS);
        if (next != null && next.isEmpty()) {
            arrived.add(next);
        }
        return next == null ? null : next.orElse(null);
    }

    /** The pages, to be given back; null as above. */
    PageBatch pollPages(long nanos) throws InterruptedException {
        return pages.poll(nanos);
    }

    void giveBack(PageBatch batch) {
        pages.giveBack(batch);
    }

    void close() {
        pages.close();
    }

    /** Event loop only. */
    void dropArriving() {
        pages.dropArriving();
    }

    @Override
    public PageSink onPages(PacketHeader header, int pageCount, ByteBuf table) {
        return pages.onPages(header, pageCount, table);
    }

    @Override
    public void onBadPages(PacketHeader header, BadPages bad) {
        pages.onBadPages(header, bad);
    }

    @Override
    public void onFrames(PacketHeader header, FramesAre frames) {
        arrived.add(Optional.of(frames));
    }

    @Override
    public void onFailure(Throwable failure) {
        pages.onFailure(failure);
        arrived.add(Optional.empty());
    }
}
