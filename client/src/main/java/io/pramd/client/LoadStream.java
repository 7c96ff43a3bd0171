package io.pramd.client;

import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.WireLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner: the bytes of a node, each page verified before any of it is handed out. {@link
 * #finish()} consumes the node, unless this is a peek; closing it before that leaves the node as it
 * was.
 *
 * <p>When the connection is lost, reading goes on over another one, as long as the same node is
 * there. What reading throws is a {@link PramException}; then the node cannot be finished any more,
 * and stays.
 */
public sealed class LoadStream extends InputStream implements ReadableByteChannel
        permits PeekStream {
    private static final Logger LOG = LoggerFactory.getLogger(LoadStream.class);
    private static final int PAGE_BYTES = WireLimits.PAGE_BYTES;

    /** With room for so many bytes left a direct buffer is received into. */
    static final int IN_PLACE_BYTES_MIN = 64 << 10;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final PageDownload download;
    private final boolean lent;
    private final byte[] single = new byte[1];
    private final long begin;
    private final long end;
    private long next;
    private PageBatch batch;
    private ByteBuffer bytes = NOTHING;

    /**
     * @param lent to a {@link StreamReader}: closing, by a stream around this one say, ends nothing
     */
    LoadStream(PageDownload download, LoadOptions options, boolean lent) {
        this.download = download;
        this.lent = lent;
        long length = download.node().length();
        begin = Math.min(options.rangeOffset(), length);
        end = begin + Math.min(options.rangeLength(), length - begin);
        next = begin;
    }

    /** What is being loaded, as it was when the load was opened. */
    public final NodeRecord node() {
        return download.node();
    }

    @Override
    public final int read() {
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
    }

    @Override
    public final int read(byte[] target, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, target.length);
        return count == 0 ? 0 : read(ByteBuffer.wrap(target, offset, count));
    }

    /**
     * Reads what has come, and waits for at least one byte. The whole pages of a direct buffer with
     * room for 64 KiB or more are received straight into it, and waited for.
     *
     * @return how many bytes; -1 at the end
     */
    @Override
    public final int read(ByteBuffer target) {
        if (!target.hasRemaining()) {
            return 0;
        }
        if (isForPlace(target)) {
            return readInPlace(target);
        }
        if (!fill()) {
            return -1;
        }
        return take(target);
    }

    /** All that is left. */
    @Override
    public final byte[] readAllBytes() {
        byte[] all = new byte[requireArrayLength(end - next)];
        readFully(all);
        return all;
    }

    /** Reads without handing out. */
    @Override
    public final long skip(long count) {
        long skipped = 0;
        while (skipped < count && fill()) {
            int part = (int) Math.min(count - skipped, bytes.remaining());
            bytes.position(bytes.position() + part);
            next += part;
            skipped += part;
        }
        return skipped;
    }

    /**
     * Writes received packets to a channel, a file say, without a copy in between.
     *
     * @return how many bytes were written, as far as they had come and the channel took them; -1 at
     *     the end
     */
    public final int transferTo(WritableByteChannel target) throws IOException {
        if (!fill()) {
            return -1;
        }
        int written = target.write(bytes);
        next += written;
        return written;
    }

    @Override
    public final int available() {
        return bytes.remaining();
    }

    /**
     * Consumes the node, whether or not all of it was read; of a peek only ends it.
     *
     * @throws PramException that says whether it was consumed
     * @throws IllegalStateException in a {@link StreamReader}: the call that lent it finishes it
     */
    public final void finish() {
        if (lent) {
            throw new IllegalStateException(
                    "the load of " + download.name() + " is finished when its reader returns");
        }
        finishLent();
    }

    /** For the owner of a stream that was lent. */
    final void finishLent() {
        giveBack();
        download.finish();
    }

    /** What reading has thrown; null as long as all went well. */
    final PramException failure() {
        return download.failure();
    }

    @Override
    public final boolean isOpen() {
        return download.isOpen();
    }

    /** Leaves the node as it was; a load that was not finished is warned of in the log. */
    @Override
    public final void close() {
        if (download.isOpen() && !lent) {
            if (!download.isPeek()) {
                LOG.warn(
                        "load of {} was closed before it was finished: not consumed",
                        download.name());
            }
            abort();
        }
    }

    /** Leaves the node as it was, on purpose. */
    public final void abort() {
        giveBack();
        download.abort();
    }

    /** The next byte's place, from the beginning of what is read. */
    final long nextPosition() {
        return next - begin;
    }

    /** How many bytes there are to read, from the beginning. */
    final long length() {
        return end - begin;
    }

    /** Goes on with that byte; behind the end there is nothing to read. */
    final void seek(long position) {
        long target = position > end - begin ? end : begin + position;
        long step = target - next;
        if (batch != null && step >= -bytes.position() && step <= bytes.remaining()) {
            bytes.position(bytes.position() + (int) step);
        } else if (step != 0) {
            giveBack();
            download.seek(target / PAGE_BYTES);
        }
        next = target;
    }

    private boolean isForPlace(ByteBuffer target) {
        return target.isDirect()
                && !target.isReadOnly()
                && !bytes.hasRemaining()
                && next % PAGE_BYTES == 0
                && Math.min(target.remaining(), end - next) >= IN_PLACE_BYTES_MIN;
    }

    private int readInPlace(ByteBuffer target) {
        int whole = (int) Math.min(target.remaining(), end - next) / PAGE_BYTES * PAGE_BYTES;
        int begun = target.position();
        int limit = target.limit();
        target.limit(begun + whole);
        download.landIn(target);
        try {
            while (target.hasRemaining()) {
                giveBack();
                PageBatch come = download.next();
                if (come.isInPlace()) {
                    int count = come.pageCount() * PAGE_BYTES;
                    download.giveBack(come);
                    target.position(target.position() + count);
                    next += count;
                } else {
                    hold(come);
                    take(target);
                }
            }
        } finally {
            download.landNoMore();
            target.limit(limit);
        }
        return whole;
    }

    private int take(ByteBuffer target) {
        int count = Math.min(bytes.remaining(), target.remaining());
        target.put(bytes.slice().limit(count));
        bytes.position(bytes.position() + count);
        next += count;
        return count;
    }

    /** Sees to it that there are bytes; false at the end. */
    private boolean fill() {
        if (bytes.hasRemaining()) {
            return true;
        }
        giveBack();
        if (next >= end) {
            return false;
        }
        hold(download.next());
        return true;
    }

    /** Keeps a batch for reading: it begins with the page of the next byte. */
    private void hold(PageBatch come) {
        batch = come;
        long first = come.firstPage() * PAGE_BYTES;
        int limit = (int) Math.min(end - first, (long) come.pageCount() * PAGE_BYTES);
        bytes = come.data().nioBuffer(0, limit).position((int) (next - first));
    }

    private void giveBack() {
        if (batch != null) {
            download.giveBack(batch);
            batch = null;
            bytes = NOTHING;
        }
    }

    private void readFully(byte[] all) {
        ByteBuffer target = ByteBuffer.wrap(all);
        while (target.hasRemaining()) {
            read(target);
        }
    }

    private int requireArrayLength(long length) {
        if (length > Integer.MAX_VALUE - 8) {
            throw RejectedException.invalid(
                    "too long for one array: name=" + download.name() + " bytes=" + length);
        }
        return (int) length;
    }
}
