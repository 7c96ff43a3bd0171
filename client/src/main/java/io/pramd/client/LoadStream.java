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
 */
public final class LoadStream extends InputStream implements ReadableByteChannel {
    private static final Logger LOG = LoggerFactory.getLogger(LoadStream.class);

    private final PageDownload download;
    private final byte[] single = new byte[1];
    private PageBatch batch;
    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private long bytesLeft;

    LoadStream(PageDownload download) {
        this.download = download;
        this.bytesLeft = download.node().length();
    }

    /** What is being loaded, as it was when the load was opened. */
    public NodeRecord node() {
        return download.node();
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

    @Override
    public int read(ByteBuffer target) {
        if (!target.hasRemaining()) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(bytes.remaining(), target.remaining());
        target.put(bytes.slice().limit(count));
        bytes.position(bytes.position() + count);
        return count;
    }

    /**
     * Writes received packets to a channel, a file say, without a copy in between.
     *
     * @return how many bytes were written, as far as they had come and the channel took them; -1 at
     *     the end
     */
    public int transferTo(WritableByteChannel target) throws IOException {
        return fill() ? target.write(bytes) : -1;
    }

    @Override
    public int available() {
        return bytes.remaining();
    }

    /**
     * Consumes the node; of a peek only ends it.
     *
     * @throws PramException that says whether it was consumed
     */
    public void finish() {
        giveBack();
        download.finish();
    }

    @Override
    public boolean isOpen() {
        return download.isOpen();
    }

    /** Leaves the node as it was; a load that was not finished is warned of in the log. */
    @Override
    public void close() {
        if (download.isOpen()) {
            if (!download.isPeek()) {
                LOG.warn(
                        "load of {} was closed before it was finished: not consumed",
                        download.name());
            }
            abort();
        }
    }

    /** Leaves the node as it was, on purpose. */
    public void abort() {
        giveBack();
        download.abort();
    }

    /** Sees to it that there are bytes; false at the end. */
    private boolean fill() {
        if (bytes.hasRemaining()) {
            return true;
        }
        giveBack();
        batch = download.next();
        if (batch == null) {
            return false;
        }
        long count = Math.min(bytesLeft, (long) batch.pageCount() * WireLimits.PAGE_BYTES);
        bytes = batch.data().nioBuffer(0, (int) count);
        bytesLeft -= count;
        return bytes.hasRemaining();
    }

    private void giveBack() {
        if (batch != null) {
            download.giveBack(batch);
            batch = null;
            bytes = ByteBuffer.allocate(0);
        }
    }
}
