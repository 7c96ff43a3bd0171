package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Immutable. Frames of a file that is only looked at: read by pread, never mapped. */
public final class FileFrames implements FrameReader {
    private final FileChannel file;

    private FileFrames(FileChannel file) {
        this.file = file;
    }

    /** Reads frames of an open file, which the caller closes. */
    public static FrameReader of(FileChannel file) {
        return new FileFrames(file);
    }

    @Override
    public void read(long pfn, ByteBuffer page) {
        pread(pfn, page.duplicate().clear());
    }

    @Override
    public void readRun(long pfn, ByteBuffer pages) {
        pread(pfn, pages.duplicate());
    }

    private void pread(long pfn, ByteBuffer target) {
        try {
            long offset = FileLayout.fileOffset(pfn) - target.position();
            while (target.hasRemaining()) {
                if (file.read(target, offset + target.position()) < 0) {
                    throw StoreException.of(
                            Errno.EIO,
                            "file ends before frame: pfn=" + pfn + " size=" + file.size());
                }
            }
        } catch (IOException e) {
            throw StoreException.of(Errno.EIO, "cannot read frame: pfn=" + pfn + " " + e);
        }
    }
}
