package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/** One owner. A file of which it is seen what was read, and where a frame may be unreadable. */
final class WatchedFile implements RestingFile {
    private final RestingFile file;
    private final Set<Long> unreadable = new HashSet<>();
    private long framesRead;
    private boolean isAsked;
    private long framesReadBefore;

    WatchedFile(RestingFile file) {
        this.file = file;
    }

    void unreadable(long pfn) {
        unreadable.add(pfn);
    }

    long framesRead() {
        return framesRead;
    }

    /** Since it was asked what is stored, for the first time. */
    long framesReadSinceItWasAsked() {
        return framesRead - framesReadBefore;
    }

    @Override
    public long nextStored(long pfn) {
        if (!isAsked) {
            isAsked = true;
            framesReadBefore = framesRead;
        }
        if (framesReadSinceItWasAsked() > 0) {
            throw new AssertionError("what is read now may be said to have been stored");
        }
        return file.nextStored(pfn);
    }

    @Override
    public void read(long pfn, ByteBuffer page) {
        require(pfn, 1);
        file.read(pfn, page);
    }

    @Override
    public void readRun(long pfn, ByteBuffer pages) {
        require(pfn, pages.remaining() / FileLayout.FRAME_BYTES);
        file.readRun(pfn, pages);
    }

    private void require(long pfn, int count) {
        framesRead += count;
        for (long bad : unreadable) {
            if (bad >= pfn && bad < pfn + count) {
                throw StoreException.of(Errno.EIO, "unreadable: pfn=" + bad);
            }
        }
    }

    @Override
    public void store(long pfn, ByteBuffer page) {
        file.store(pfn, page);
    }

    @Override
    public void force() {
        file.force();
    }

    @Override
    public long frameCount() {
        return file.frameCount();
    }

    @Override
    public void truncate(long frameCount) {
        file.truncate(frameCount);
    }
}
