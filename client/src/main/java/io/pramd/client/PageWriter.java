package io.pramd.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner: a stream of pages on its way into the daemon. Nothing is to be seen under its name
 * before {@link #finish()} returns; closing it before that discards it.
 */
public final class PageWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PageWriter.class);

    private final PageUpload upload;

    PageWriter(PageUpload upload) {
        this.upload = upload;
    }

    /**
     * Takes one page.
     *
     * @param page 4096 remaining bytes, copied before the call returns
     * @param flags 32 bits that come back as they are
     */
    public void append(ByteBuffer page, int flags) {
        upload.appendPage(page, flags);
    }

    /**
     * Takes one page that was summed before, where it was first saved say: the sum travels with it
     * instead of a new one, and the daemon refuses the save with EIO if the page does not verify.
     *
     * @param page 4096 remaining bytes, copied before the call returns; the last page of a byte
     *     stream is padded with zeros
     * @param flags 32 bits that come back as they are
     * @param csum CRC32C of the page
     */
    public void append(ByteBuffer page, int flags, int csum) {
        upload.appendPage(page, flags, csum);
    }

    /**
     * Reads pages with flags 0 from a channel straight into a packet. The bytes of all calls
     * together must be whole pages at {@link #finish()}.
     *
     * @return how many bytes; -1 at the channel's end
     */
    public int transferFrom(ReadableByteChannel source, long bytesMax) throws IOException {
        return upload.transferFrom(source, bytesMax);
    }

    /** Bytes taken so far. */
    public long length() {
        return upload.byteLength();
    }

    /**
     * Commits the node. When it returns the node is saved and can be loaded.
     *
     * @return the node's sequence; 0 when it was saved and is gone again, and the number was lost
     * @throws PramException that says whether it was saved
     */
    public long finish() {
        return upload.finish();
    }

    /** Discards what has not been finished, with a warning in the log. */
    @Override
    public void close() {
        if (upload.isOpen()) {
            LOG.warn("save of {} was closed before it was finished: discarded", upload.name());
            upload.discard();
        }
    }

    /** Discards what has not been finished, on purpose. */
    public void discard() {
        upload.discard();
    }
}
