package io.pramd.client;

import io.pramd.protocol.StreamType;
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
    private final byte[] single = new byte[1];

    SaveStream(Connections connections, String name, SaveOptions options) {
        upload = new PageUpload(connections, name, StreamType.BYTE, options);
    }

    @Override
    public void write(int value) {
        single[0] = (byte) value;
        write(single, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        upload.append(ByteBuffer.wrap(bytes, offset, count));
    }

    /** Takes all remaining bytes and returns how many. */
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
     * @return the node's sequence
     * @throws PramException that says whether it was saved
     */
    public long finish() {
        return upload.finish();
    }

    @Override
    public boolean isOpen() {
        return upload.isOpen();
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
