package io.pramd.client;

import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * One owner: the bytes of a node that is only looked at, read in any order. Positions count from
 * the beginning of the range that was asked for.
 */
public final class PeekStream extends LoadStream implements SeekableByteChannel {
    PeekStream(PageDownload download, LoadOptions options, boolean lent) {
        super(download, options, lent);
    }

    @Override
    public long position() {
        return nextPosition();
    }

    /** Goes on with that byte. Behind the end every read says that it is the end. */
    @Override
    public PeekStream position(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("a position is 0 or more: " + position);
        }
        seek(position);
        return this;
    }

    /** Bytes of the node, or of the range. */
    @Override
    public long size() {
        return length();
    }

    /** Never. */
    @Override
    public int write(ByteBuffer bytes) {
        throw new NonWritableChannelException();
    }

    /** Never. */
    @Override
    public PeekStream truncate(long size) {
        throw new NonWritableChannelException();
    }
}
