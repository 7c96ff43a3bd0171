package io.pramd.client.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * One owner: what an archive is read from. Between {@link #beginHead()} and {@link #endHead()} it
 * gives out so much only: whoever reads the names of members keeps all of them in memory, however
 * long they claim to be.
 */
final class BoundedHeads extends FilterInputStream {
    /** A name of 255 bytes takes less than two KiB, with all that tar programs add. */
    static final int HEAD_BYTES_MAX = 64 << 10;

    private long left = Long.MAX_VALUE;

    BoundedHeads(InputStream in) {
        super(in);
    }

    void beginHead() {
        left = HEAD_BYTES_MAX;
    }

    void endHead() {
        left = Long.MAX_VALUE;
    }

    @Override
    public int read() throws IOException {
        requireRoom();
        int read = in.read();
        left -= read < 0 ? 0 : 1;
        return read;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        requireRoom();
        int read = in.read(target, offset, (int) Math.min(count, left));
        left -= Math.max(0, read);
        return read;
    }

    @Override
    public long skip(long count) throws IOException {
        requireRoom();
        long skipped = in.skip(Math.min(count, left));
        left -= skipped;
        return skipped;
    }

    private void requireRoom() {
        if (left <= 0) {
            throw ArchiveReader.bad(
                    "the name of a member, or what else stands before it, is too long: bytesMax="
                            + HEAD_BYTES_MAX,
                    null);
        }
    }
}
