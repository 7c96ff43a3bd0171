package io.pramd.client;

import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner: the pages of a node, in the order they were saved, each verified. {@link #finish()}
 * consumes the node, unless this is a peek; closing it before that leaves the node as it was.
 */
public final class PageReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PageReader.class);

    private final PageDownload download;
    private PageBatch batch;
    private int nextInBatch;
    private int flags;
    private int csum;

    PageReader(PageDownload download) {
        this.download = download;
    }

    /** What is being loaded, as it was when the load was opened. */
    public NodeRecord node() {
        return download.node();
    }

    /**
     * Puts the next page into {@code target}, which has room for 4096 bytes. The last page of a
     * byte stream is padded with zeros.
     *
     * @return false at the end
     */
    public boolean next(ByteBuffer target) {
        if (batch == null || nextInBatch == batch.pageCount()) {
            giveBack();
            batch = download.next();
            nextInBatch = 0;
            if (batch == null) {
                return false;
            }
        }
        int start = nextInBatch * WireLimits.PAGE_BYTES;
        target.put(batch.data().nioBuffer(start, WireLimits.PAGE_BYTES));
        flags = batch.flags(nextInBatch);
        csum = batch.csum(nextInBatch);
        nextInBatch++;
        return true;
    }

    /** Goes on with that page, counted from the beginning of the node; only of a peek. */
    public void seek(long page) {
        if (!download.isPeek() || page < 0) {
            throw new IllegalArgumentException("only a peek goes to a page, from 0 on: " + page);
        }
        giveBack();
        download.seek(page);
    }

    /** The flags that the saver gave the page last read. */
    public int flags() {
        return flags;
    }

    /**
     * The CRC32C of the page last read, as the node holds it: what its saver has summed. The page
     * was verified with it when it came.
     */
    public int csum() {
        return csum;
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

    private void giveBack() {
        if (batch != null) {
            download.giveBack(batch);
            batch = null;
        }
    }
}
