package io.pramd.client;

import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.WireLimits;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Objects;

/**
 * One owner: what can still be read of a damaged node. Every page comes at its place: one that
 * verifies as it was saved, one that does not as zeros. {@link #missingPages()} names those; once
 * the end was read, all of them. The node stays as it is. When the connection is lost, begin again.
 */
public final class SalvageStream extends InputStream implements ReadableByteChannel {
    private static final int PAGE_BYTES = WireLimits.PAGE_BYTES;

    private final SalvageDownload download;
    private final byte[] single = new byte[1];
    private long next;
    private PageBatch batch;
    private long batchEnd;

    SalvageStream(SalvageDownload download) {
        this.download = download;
    }

    /**
     * What is being salvaged. Of a node whose own page does not verify only the length is said, and
     * the name if it is certain.
     */
    public NodeRecord node() {
        return download.node();
    }

    /** The pages that are missing in what was read so far, in order. */
    public List<MissingPages> missingPages() {
        return download.missingPages();
    }

    @Override
    public int read() {
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, target.length);
        return count == 0 ? 0 : read(ByteBuffer.wrap(target, offset, count));
    }

    /**
     * Reads what has come, and waits for at least one byte.
     *
     * @return how many bytes; -1 at the end
     */
    @Override
    public int read(ByteBuffer target) {
        if (!target.hasRemaining()) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = (int) Math.min(target.remaining(), batchEnd - next);
        if (batch.hole().isPresent()) {
            target.put(new byte[count]);
        } else {
            target.put(batch.data().nioBuffer(offsetInBatch(), count));
        }
        next += count;
        return count;
    }

    /** All that is left. */
    @Override
    public byte[] readAllBytes() {
        long left = node().length() - next;
        if (left > Integer.MAX_VALUE - 8) {
            throw RejectedException.invalid("too long for one array: bytes=" + left);
        }
        ByteBuffer all = ByteBuffer.allocate((int) left);
        while (all.hasRemaining()) {
            read(all);
        }
        return all.array();
    }

    /**
     * Skips the zeros, if any, that stand here for bad pages: who writes a file can leave a hole.
     *
     * @return how many bytes; 0 when the next byte is a good one, or none
     */
    public long skipHole() {
        long skipped = 0;
        while (fill() && batch.hole().isPresent()) {
            skipped += batchEnd - next;
            next = batchEnd;
        }
        return skipped;
    }

    /**
     * The flags that the saver gave the page of the next byte; 0 when it is bad.
     *
     * @throws IllegalStateException at the end
     */
    public int flags() {
        if (!fill()) {
            throw new IllegalStateException("there is no page at the end");
        }
        return batch.flags(offsetInBatch() / PAGE_BYTES);
    }

    private int offsetInBatch() {
        return (int) (next - batch.firstPage() * PAGE_BYTES);
    }

    @Override
    public int available() {
        return batch == null ? 0 : (int) Math.min(batchEnd - next, Integer.MAX_VALUE);
    }

    @Override
    public boolean isOpen() {
        return download.isOpen();
    }

    @Override
    public void close() {
        giveBack();
        download.close();
    }

    /** Sees to it that there are bytes; false at the end. */
    private boolean fill() {
        while (batch == null || next == batchEnd) {
            giveBack();
            PageBatch come = download.next();
            if (come == null) {
                return false;
            }
            batch = come;
            long end = (come.firstPage() + come.pageCount()) * PAGE_BYTES;
            batchEnd = Math.min(end, node().length());
        }
        return true;
    }

    private void giveBack() {
        if (batch != null) {
            download.giveBack(batch);
            batch = null;
        }
    }
}
