package io.pramd.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner: a byte stream on its way into the daemon. Nothing is to be seen under its name before
 * {@link #finish()} returns; closing it before that discards it.
 */
public final class SaveStream extends OutputStream implements WritableByteChannel {
    private static final Logger LOG = LoggerFactory.getLogger(SaveStream.class);

    private final PageUpload upload;
    private final boolean lent;
    private final byte[] single = new byte[1];

    private SaveStream(PageUpload upload, boolean lent) {
        this.upload = upload;
        this.lent = lent;
    }

    static SaveStream owned(PageUpload upload) {
        return new SaveStream(upload, false);
    }

    /** For a {@link StreamWriter}: closing, by a stream around this one say, ends nothing. */
    static SaveStream lent(PageUpload upload) {
        return new SaveStream(upload, true);
    }

    @Override
    public void write(int value) {
        single[0] = (byte) value;
        write(single, 0, 1);
    }

    @Override
    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        upload.append(ByteBuffer.wrap(bytes, offset, count));
    }

    /**
     * Takes all remaining bytes and returns how many. The whole pages of a direct buffer with 64
     * KiB or more are sent from where they are, without a copy; the buffer is the caller's again
     * when the call returns.
     */
    @Override
    public int write(ByteBuffer bytes) {
        int count = bytes.remaining();
        upload.append(bytes);
        return count;
    }

    /**
     * Reads from a channel, a file say, straight into a packet.
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
     * @throws IllegalStateException in a {@link StreamWriter}: the call that lent it finishes it
     */
    public long finish() {
        if (lent) {
            throw new IllegalStateException(
                    "the save of " + upload.name() + " is finished when its writer returns");
        }
        return upload.finish();
    }

    @Override
    public boolean isOpen() {
        return upload.isOpen();
    }

    /** Discards what has not been finished, with a warning in the log. */
    @Override
    public void close() {
        if (upload.isOpen() && !lent) {
            LOG.warn("save of {} was closed before it was finished: discarded", upload.name());
            upload.discard();
        }
    }

    /** Discards what has not been finished, on purpose. */
    public void discard() {
        upload.discard();
    }
}
